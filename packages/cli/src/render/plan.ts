import { causeOf, type Operation, type Plan, ranges, renderPlan } from '@container-compose/orchestrator'

/**
 * The plan for people: one step per line in columns, coloured by what it does, and a count of all. Without colours it is the
 * text that scripts and tests read.
 */
export const renderPlanFor = (plan: Plan, { colours }: { readonly colours: boolean }): string => {
  if (!colours || plan.length === 0) return renderPlan(plan)
  const ids = `#${plan.length}`.length
  const resources = Math.max(...plan.map(({ operation }) => operation.resource.length))
  const verbs = Math.max(...plan.map(({ operation }) => verbOf(operation).length))
  const causes = Math.min(40, Math.max(...plan.map(({ operation }) => causeOf(operation).length)))
  const lines = plan.map(({ id, needs, operation }) => {
    const verb = paint(colourOf(operation), verbOf(operation).padEnd(verbs))
    const after = needs.length === 0 ? '' : paint(2, `  after ${ranges(needs)}`)
    return `${paint(2, `#${id}`.padStart(ids))}  ${verb}  ${operation.resource.padEnd(resources)}  ${after === '' ? causeOf(operation) : causeOf(operation).padEnd(causes)}${after}\n`
  })
  return `${lines.join('')}${paint(1, summary(plan))}\n`
}

/** `create`, `write-files` */
const verbOf = ({ kind }: Operation): string => kind.slice(kind.indexOf('.') + 1)

const colourOf = (operation: Operation): number => {
  const verb = verbOf(operation)
  if (['create', 'start', 'unpause', 'pull'].includes(verb)) return 32
  return ['remove', 'stop', 'kill', 'disconnect'].includes(verb) ? 31 : 33
}

/** `8 steps: 4 create, 3 start, 1 await` */
const summary = (plan: Plan): string => {
  const counts = new Map<string, number>()
  for (const { operation } of plan) counts.set(verbOf(operation), (counts.get(verbOf(operation)) ?? 0) + 1)
  const parts = [...counts].map(([verb, count]) => `${count} ${verb}`)
  return `${plan.length} ${plan.length === 1 ? 'step' : 'steps'}: ${parts.join(', ')}`
}

const paint = (colour: number, text: string): string => `\x1b[${colour}m${text}\x1b[0m`
