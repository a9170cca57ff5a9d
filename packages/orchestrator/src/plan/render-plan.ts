import type { Operation, Plan } from './operation.ts'

/** The plan as text, one line per node: `[1,2] -> #3 service:db:1 container.create: no container`. */
export const renderPlan = (plan: Plan): string =>
  plan
    .map(
      ({ id, needs, operation }) =>
        `[${ranges(needs)}] -> #${id} ${operation.resource} ${operation.kind}: ${causeOf(operation)}\n`,
    )
    .join('')

/** Why, in one line: with the node that is the cause, and with what is lost. */
export const causeOf = (operation: Operation): string => {
  const { cause, causedBy } = operation
  const by = causedBy === undefined ? '' : ` #${causedBy}`
  return `${cause}${by}${'risk' in operation ? ' (its data is lost)' : ''}`
}

/** `1-3,7`: a start may wait for the creation of hundreds of containers. */
export const ranges = (ids: readonly number[]): string => {
  const parts: string[] = []
  for (let from = 0; from < ids.length; ) {
    let to = from
    while (ids[to + 1] === (ids[to] ?? 0) + 1) to += 1
    // Two in a row read better as two.
    if (to - from < 2) to = from
    parts.push(to === from ? `${ids[from]}` : `${ids[from]}-${ids[to]}`)
    from = to + 1
  }
  return parts.join(',')
}
