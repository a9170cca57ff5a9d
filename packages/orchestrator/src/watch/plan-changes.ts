import { relative } from 'node:path'
import { concerns, type Hook, type Rule } from './rules.ts'
import type { Change } from './tree-index.ts'

/** What one batch of changes asks of one service. */
export interface ServiceWork {
  /** Host paths to bring over, with the paths that they have in the container. */
  readonly copies: readonly Copy[]
  readonly rebuild: boolean
  readonly restart: boolean
  /** Hooks to run after copying, each once, in the order of the rules. */
  readonly hooks: readonly Hook[]
}

export interface Copy {
  readonly from: string
  readonly to: string
  /** What is there is to be taken away first: it is of another kind. */
  readonly replaces: boolean
}

/** Changes → what each service has to do, by the rules. Every rule that fits counts. */
export const planChanges = (
  rules: readonly Rule[],
  changes: readonly Change[],
): ReadonlyMap<string, ServiceWork> => {
  const plan = new Map<string, ServiceWork>()
  for (const rule of rules) {
    const fitting = changes.filter(({ path }) => concerns(rule, path))
    if (fitting.length === 0) continue
    const before = plan.get(rule.service) ?? { copies: [], rebuild: false, restart: false, hooks: [] }
    plan.set(rule.service, {
      copies: rule.action.startsWith('sync')
        ? [...before.copies, ...fitting.map((change) => copyOf(rule, change))]
        : before.copies,
      rebuild: before.rebuild || rule.action === 'rebuild',
      restart: before.restart || rule.action === 'restart' || rule.action === 'sync+restart',
      hooks:
        rule.action === 'sync+exec' && rule.exec !== undefined ? [...before.hooks, rule.exec] : before.hooks,
    })
  }
  return plan
}

const copyOf = (rule: Rule, { path, kind, replaces }: Change): Copy => ({
  from: path,
  to: containerPath(rule, path),
  replaces: replaces === true || kind === 'removed',
})

/** Where a path of the rule is in the container. */
export const containerPath = ({ path, target }: Rule, from: string): string => {
  const below = relative(path, from)
  if (below === '') return target === '' ? '/' : target
  return target === '' || target === '/' ? `/${below}` : `${target}/${below}`
}
