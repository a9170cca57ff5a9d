import { humanDuration } from '@container-compose/core'
import { containersIn, listContainers, observedContainer } from '@container-compose/orchestrator'
import { flag, text } from '../arguments/options.ts'
import { defineCommand } from '../command.ts'
import { openEngine } from '../engine.ts'
import { size } from '../progress/size.ts'
import { renderTable } from '../render/table.ts'
import { findTarget } from '../session.ts'

export default defineCommand({
  summary: 'List images used by the created containers',
  operands: '[SERVICE...]',
  options: {
    format: text('--format <format>', 'Format the output. Values: [table | json]'),
    quiet: flag('-q, --quiet', 'Only display IDs'),
  },
  async run(invocation) {
    const { options, operands, world } = invocation
    const { scope } = await findTarget(invocation, operands)
    const client = await openEngine(invocation)
    const found = await listContainers(client, scope.project, { all: true })
    const wanted = new Set(
      containersIn(scope, found.map(observedContainer), { oneOffs: true }).map(({ id }) => id),
    )
    const rows = await Promise.all(
      found
        .filter(({ Id }) => wanted.has(Id))
        .map(async (container) => {
          const image = await client.images.inspect(container.ImageID)
          const reference = (image.RepoTags ?? [])[0] ?? container.Image
          const [, repository = reference, tag = ''] = /^(.*?)(?::([^:/]+))?$/.exec(reference) ?? []
          return {
            ID: image.Id,
            ContainerName: observedContainer(container).name,
            Repository: repository,
            Tag: tag,
            Platform: [image.Os, image.Architecture, image.Variant].filter(Boolean).join('/'),
            Size: image.Size ?? 0,
            LastTagTime: image.Metadata?.LastTagTime ?? '',
          }
        }),
    )
    if (options.quiet) {
      const ids = new Set(rows.map(({ ID }) => ID.replace('sha256:', '')))
      world.stdout.write([...ids].map((id) => `${id}\n`).join(''))
    } else if (options.format === 'json') world.stdout.write(`${JSON.stringify(rows)}\n\n`)
    else
      world.stdout.write(
        renderTable(
          ['CONTAINER', 'REPOSITORY', 'TAG', 'PLATFORM', 'IMAGE ID', 'SIZE', 'CREATED'],
          rows.map((row) => [
            row.ContainerName,
            row.Repository,
            row.Tag,
            row.Platform,
            row.ID.replace('sha256:', '').slice(0, 12),
            size(row.Size, 3),
            row.LastTagTime === ''
              ? 'N/A'
              : `${humanDuration(world.clock.now() - Date.parse(row.LastTagTime))} ago`,
          ]),
          { minimum: 20, gap: 3 },
        ),
      )
    return 0
  },
})
