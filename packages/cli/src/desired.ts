import type { LoadedProject } from '@container-compose/compose'
import { UserError } from '@container-compose/core'
import { type DesiredState, noSuchService, withSupport } from '@container-compose/orchestrator'
import { usesOwnEngine } from './engine.ts'
import { writeWarning } from './progress/warning.ts'
import type { AnyInvocation } from './project.ts'
import { desiredOf } from './session.ts'

export interface Selection {
  /** Services named on the command line; empty: all. */
  readonly named: readonly string[]
  /** `--no-deps` */
  readonly withDependencies: boolean
  readonly scale: ReadonlyMap<string, number>
}

/**
 * What the project wants, with `--scale` in it and cut to the named services where their dependencies are not wanted.
 * Keys that have no effect on the engine are warned about.
 *
 * @throws UserError `NO_SUCH_SERVICE`, `NO_SERVICE`, `UNSUPPORTED_KEY`
 */
export const selectDesired = (
  invocation: AnyInvocation,
  loaded: LoadedProject,
  { named, withDependencies, scale }: Selection,
): DesiredState => {
  const support = { ownEngine: usesOwnEngine(invocation), defaultRuntime: 'vm' }
  const { desired, warnings } = withSupport(desiredOf(loaded), loaded, support)
  for (const message of warnings) writeWarning(message, invocation)
  const known = desired.services.map(({ name }) => name)
  for (const service of scale.keys())
    if (!known.includes(service)) throw noSuchService(`${service}: not found`, known)
  if (known.length === 0) throw noService()
  const wanted = new Set(withDependencies || named.length === 0 ? known : named)
  return {
    ...desired,
    services: desired.services
      .filter(({ name }) => wanted.has(name))
      .map((service) => ({ ...service, replicas: scale.get(service.name) ?? service.replicas })),
    disabledServices: new Set([...desired.disabledServices, ...known.filter((name) => !wanted.has(name))]),
  }
}

export const noService = (): UserError =>
  new UserError('NO_SERVICE', 'no service selected', {
    hint: 'enable a profile: --profile NAME, or name a service',
  })
