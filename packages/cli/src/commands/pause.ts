import { pause } from '@container-compose/orchestrator'
import { defineCommand } from '../command.ts'
import { findTarget, withProgress } from '../session.ts'

export default defineCommand({
  summary: 'Pause services',
  operands: '[SERVICE...]',
  options: {},
  async run(invocation) {
    const { scope } = await findTarget(invocation, invocation.operands)
    await withProgress(invocation, { title: 'Pausing', project: scope.project }, (context) =>
      pause(context, scope),
    )
    return 0
  },
})
