import { kill } from '@container-compose/orchestrator'
import { text } from '../arguments/options.ts'
import { defineCommand } from '../command.ts'
import { findTarget, withProgress } from '../session.ts'
import { removeOrphansFlag, removesOrphans } from './up-options.ts'

export default defineCommand({
  summary: 'Force stop service containers',
  operands: '[SERVICE...]',
  options: {
    removeOrphans: removeOrphansFlag,
    signal: text('-s, --signal <signal>', 'SIGNAL to send to the container'),
  },
  async run(invocation) {
    const { options, operands, world } = invocation
    const { scope, loaded } = await findTarget(invocation, operands)
    const orphans = removesOrphans(options.removeOrphans, loaded?.project.environment ?? world.env)
    const killed = await withProgress(invocation, { title: 'Killing', project: scope.project }, (context) =>
      kill(context, scope, { signal: options.signal || 'SIGKILL', orphans }),
    )
    if (!killed) world.stderr.write('no container to kill')
    return 0
  },
})
