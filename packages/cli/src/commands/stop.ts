import { stop } from '@container-compose/orchestrator'
import { integer } from '../arguments/options.ts'
import { defineCommand } from '../command.ts'
import { findTarget, withProgress } from '../session.ts'

export default defineCommand({
  summary: 'Stop services',
  operands: '[SERVICE...]',
  options: { timeout: integer('-t, --timeout <seconds>', 'Specify a shutdown timeout in seconds') },
  async run(invocation) {
    const { scope } = await findTarget(invocation, invocation.operands)
    await withProgress(invocation, { title: 'Stopping', project: scope.project }, (context) =>
      stop(context, scope, { timeoutSeconds: invocation.options.timeout }),
    )
    return 0
  },
})
