import { UserError } from '@container-compose/core'
import { containersIn, down, listContainers, observedContainer } from '@container-compose/orchestrator'
import { flag } from '../arguments/options.ts'
import { defineCommand } from '../command.ts'
import { findTarget, withProgress } from '../session.ts'

export default defineCommand({
  summary: 'Block until containers of all (or specified) services stop.',
  operands: 'SERVICE [SERVICE...]',
  count: { least: 1 },
  options: { downProject: flag('--down-project', 'Drops project when the first container stops') },
  async run(invocation) {
    const { options, operands, world } = invocation
    const { scope } = await findTarget(invocation, operands)
    return withProgress(invocation, { title: 'Running', project: scope.project }, async (context) => {
      const found = await listContainers(context.client, scope.project, { all: false })
      const containers = containersIn(scope, found.map(observedContainer))
      if (containers.length === 0)
        throw new UserError('NO_CONTAINER', `no containers for project "${scope.project}"`, {
          hint: 'only running containers are waited for: container-compose ps lists them',
        })
      const codes = containers.map(async ({ id }) => {
        const code = await context.client.containers.wait(id, undefined, context.signal)
        world.stdout.write(`container "${id}" exited with status code ${code}\n`)
        return code
      })
      const code = options.downProject ? await Promise.race(codes) : (await Promise.all(codes)).at(-1)
      if (options.downProject)
        await down(
          context,
          { ...scope, selected: [] },
          { removeOrphans: true, removeVolumes: false, images: [] },
        )
      return code ?? 0
    })
  },
})
