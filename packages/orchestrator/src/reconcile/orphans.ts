import type { ObservedContainer } from '../observed/observed-state.ts'
import type { Work } from './work.ts'

/** Containers of services that the files no longer name, and one-offs that have ended. */
export const orphansOf = ({ desired, observed }: Work): ObservedContainer[] => {
  const known = new Set([...desired.services.map(({ name }) => name), ...desired.disabledServices])
  return observed.containers.filter(({ service, oneOff, state }) =>
    oneOff ? state === 'exited' || state === 'dead' : !known.has(service),
  )
}

export const planOrphans = (work: Work): void => {
  const orphans = orphansOf(work)
  if (orphans.length === 0) return
  if (work.policy.removeOrphans) {
    for (const orphan of orphans) work.discard(orphan, 'orphan')
    return
  }
  if (work.policy.ignoreOrphans) return
  work.warnings.push(
    `Found orphan containers ([${orphans.map(({ name }) => name).join(' ')}]) for this project. If you removed or renamed this service in your compose file, you can run this command with the --remove-orphans flag to clean it up.`,
  )
}
