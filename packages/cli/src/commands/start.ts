import { start } from '@container-compose/orchestrator'
import { defineCommand } from '../command.ts'
import { findTarget, withProgress } from '../session.ts'

export default defineCommand({
  summary: 'Start services',
  operands: '[SERVICE...]',
  options: {},
  async run(invocation) {
    const { scope } = await findTarget(invocation, invocation.operands)
    await withProgress(invocation, { title: 'Running', project: scope.project }, (context) =>
      start(context, scope),
    )
    return 0
  },
})
