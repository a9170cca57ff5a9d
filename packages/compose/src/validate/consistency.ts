import { findCycle } from '@container-compose/core'
import type { Path } from '../locations.ts'
import type { Project } from '../model/project.ts'
import type { Service } from '../model/service.ts'
import { compareText } from '../tree/go-text.ts'
import { serviceRules } from './service-rules.ts'

/** Told what is wrong and where. */
export type OnInconsistency = (path: Path, code: string, message: string) => void

/** The parts of a project that rules look at. */
export type CheckedProject = Pick<
  Project,
  'services' | 'disabledServices' | 'networks' | 'volumes' | 'secrets' | 'configs' | 'models'
>

/** Checks what concerns several attributes: references, clashes, cycles. */
export const checkConsistency = (project: CheckedProject, onFault: OnInconsistency): void => {
  let sound = true
  const fault: OnInconsistency = (path, code, message) => {
    sound = false
    onFault(path, code, message)
  }
  for (const name of Object.keys(project.services)) {
    const service = project.services[name] as Service
    for (const rule of serviceRules)
      rule({
        name,
        service,
        project,
        fault: (path, code, message) => fault(['services', name, ...path], code, message),
      })
  }
  for (const name of Object.keys(project.secrets)) {
    const secret = project.secrets[name]
    if (secret && !secret.external && !secret.file && !secret.environment)
      fault(
        ['secrets', name],
        'SECRET_SOURCE',
        `secret "${name}" must declare either \`file\` or \`environment\`: invalid compose project`,
      )
  }
  if (sound) checkCycle(project, fault)
}

const checkCycle = ({ services }: CheckedProject, fault: OnInconsistency): void => {
  const names = Object.keys(services).sort(compareText)
  const graph = new Map(
    names.map((name) => [
      name,
      Object.keys(services[name]?.depends_on ?? {})
        .filter((need) => services[need] !== undefined)
        .sort(compareText),
    ]),
  )
  const cycle = findCycle(graph)
  if (cycle !== undefined)
    fault(
      ['services', cycle[0] as string, 'depends_on', cycle[1] as string],
      'DEPENDENCY_CYCLE',
      `dependency cycle detected: ${cycle.join(' -> ')}`,
    )
}

/** Checks that no two services have one container name. */
export const checkContainerNames = (
  services: Readonly<Record<string, Service>>,
  onFault: OnInconsistency,
): void => {
  const taken = new Set<string>()
  for (const name of Object.keys(services)) {
    const container = services[name]?.container_name
    if (container === undefined) continue
    if (taken.has(container))
      onFault(
        ['services', name, 'container_name'],
        'CONTAINER_NAME_TAKEN',
        `services.${name}: container name "${container}" is already in use by service {}"`,
      )
    taken.add(container)
  }
}
