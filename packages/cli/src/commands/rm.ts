import { removable, remove, stop } from '@container-compose/orchestrator'
import { flag } from '../arguments/options.ts'
import { defineCommand } from '../command.ts'
import { confirm } from '../prompt.ts'
import { findTarget, withProgress } from '../session.ts'

export default defineCommand({
  summary: 'Removes stopped service containers',
  operands: '[SERVICE...]',
  options: {
    all: flag('-a, --all', 'Deprecated - no effect', { hidden: true }),
    force: flag('-f, --force', "Don't ask to confirm removal"),
    stop: flag('-s, --stop', 'Stop the containers, if required, before removing'),
    volumes: flag('-v, --volumes', 'Remove any anonymous volumes attached to containers'),
  },
  async run(invocation) {
    const { options, operands, world, globals } = invocation
    const { scope } = await findTarget(invocation, operands)
    const { project } = scope
    if (options.stop)
      await withProgress(invocation, { title: 'Stopping', project }, (context) => stop(context, scope))
    return withProgress(invocation, { title: 'Removing', project }, async (context) => {
      // Nothing is stopped when it is only to be seen what would be.
      const containers = await removable(context, scope, { running: options.stop && globals.dryRun })
      if (containers.length === 0) {
        world.stderr.write('No stopped containers\n')
        return 0
      }
      const question = `Going to remove ${containers.map(({ name }) => name).join(', ')}`
      if (options.force || globals.dryRun) world.stdout.write(`${question}\n`)
      else if (!(await confirm(question, world))) return 0
      await remove(context, containers, { volumes: options.volumes, force: options.force })
      return 0
    })
  },
})
