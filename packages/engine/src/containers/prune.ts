import { ApiError, badParameter } from '../api/errors.ts'
import { type Filters, fitsLabels, parseFilters } from '../api/filters.ts'
import type { ContainerContext } from './context.ts'
import { removeContainer } from './remove.ts'

/** Removes containers that do not run; the body of the answer. Space is not measured. */
export const pruneContainers = async (context: ContainerContext, filterText: string | null) => {
  const filters = parseFilters(filterText, ['label', 'label!', 'until'])
  const until = untilFilter(filters, context.clock.now())
  const deleted: string[] = []
  for (const container of context.containers.all()) {
    const { state, created, config } = container.document
    if (!['created', 'exited', 'dead'].includes(state.status)) continue
    if (!fitsLabels(filters, config.Labels) || created > until) continue
    try {
      await removeContainer(context, container, { force: false, volumes: false })
      deleted.push(container.id)
    } catch (error) {
      // Somebody starts it, or removes it too: the others go all the same.
      if (!(error instanceof ApiError)) throw error
      context.log.info({ id: container.id }, `not pruned: ${error.message}`)
    }
  }
  return { ContainersDeleted: deleted.length > 0 ? deleted : null, SpaceReclaimed: 0 }
}

const unitMs: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 }

/**
 * `until` of a prune, in milliseconds since the epoch: a time, or a duration before now (`10m`, `1h30m`). Absent is now.
 *
 * @throws ApiError 400
 */
export const untilFilter = (filters: Filters, now: number): number => {
  const [text, ...others] = filters.get('until') ?? []
  if (text === undefined) return now
  if (others.length > 0) throw badParameter('more than one until filter specified')
  if (/^(\d+(\.\d+)?(ms|s|m|h))+$/.test(text)) {
    const parts = [...text.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h)/g)]
    return now - parts.reduce((sum, [, number, unit = '']) => sum + Number(number) * (unitMs[unit] ?? 0), 0)
  }
  const time = /^\d+(\.\d+)?$/.test(text) ? Number(text) * 1000 : Date.parse(text)
  if (Number.isNaN(time)) throw badParameter(`invalid until filter: ${text}`)
  return time
}
