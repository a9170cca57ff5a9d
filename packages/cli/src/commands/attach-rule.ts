import type { LoadedProject } from '@container-compose/compose'
import { UserError } from '@container-compose/core'
import type { DesiredState } from '@container-compose/orchestrator'
import type { UpInvocation } from './up.ts'

/**
 * Which services' output an attached `up` shows; no service left means all.
 *
 * @throws UserError `NO_SUCH_SERVICE`
 */
export const attachRule = (
  { options, operands }: UpInvocation,
  { project }: LoadedProject,
  desired: DesiredState,
): ((service: string) => boolean) => {
  const all = desired.services.map(({ name }) => name)
  for (const name of [...options.attach, ...options.noAttach])
    if (!all.includes(name))
      throw new UserError('NO_SUCH_SERVICE', `cannot attach to services not included in up: ${name}`, {
        hint: `services: ${all.join(', ')}`,
      })
  const named = operands.length > 0 && !options.attachDependencies ? operands : all
  const chosen = (options.attach.length > 0 ? options.attach : named).filter(
    (name) =>
      !options.noAttach.includes(name) &&
      (options.attach.includes(name) || project.services[name]?.attach !== false),
  )
  const shown = new Set(chosen.length > 0 ? chosen : all)
  return (service) => shown.has(service)
}
