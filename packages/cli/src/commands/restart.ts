import { restart } from '@container-compose/orchestrator'
import { flag, integer } from '../arguments/options.ts'
import { defineCommand } from '../command.ts'
import { findTarget, withProgress } from '../session.ts'

export default defineCommand({
  summary: 'Restart service containers',
  operands: '[SERVICE...]',
  options: {
    hot: flag('--hot', 'Start the processes again in the machines that run, instead of new machines'),
    noDeps: flag('--no-deps', "Don't restart dependent services"),
    timeout: integer('-t, --timeout <seconds>', 'Specify a shutdown timeout in seconds'),
  },
  async run(invocation) {
    const { options, operands } = invocation
    const { scope } = await findTarget(invocation, operands)
    await withProgress(invocation, { title: 'Restarting', project: scope.project }, (context) =>
      restart(context, scope, {
        timeoutSeconds: options.timeout,
        dependents: !options.noDeps,
        hot: options.hot,
      }),
    )
    return 0
  },
})
