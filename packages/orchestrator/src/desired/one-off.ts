import { changedService, type Mount, type Port, type Project, type Service } from '@container-compose/compose'
import { UserError } from '@container-compose/core'
import type { DesiredState, OneOff } from './desired-state.ts'

/** What the command line of `run` says about its container beside the service. */
export interface RunOverrides {
  /** Empty: the service's own, or none where there is another entrypoint. */
  readonly command: readonly string[]
  readonly entrypoint?: readonly string[] | undefined
  readonly tty: boolean
  readonly stdinOpen: boolean
  /** Wins over the service's. */
  readonly environment: Readonly<Record<string, string | null>>
  readonly user?: string | undefined
  readonly workingDirectory?: string | undefined
  readonly capAdd: readonly string[]
  readonly capDrop: readonly string[]
  readonly labels: Readonly<Record<string, string>>
  /** In the place of those of the service with the same target. */
  readonly volumes: readonly Mount[]
  readonly ports: readonly Port[]
  /** Publishes what the service publishes. */
  readonly servicePorts: boolean
}

/**
 * The project in which a service is what `run` makes of it: nothing is published unless asked for, nothing is started again, and
 * its name is not taken from the service's containers.
 *
 * @throws UserError `NO_SUCH_SERVICE`
 */
export const projectForRun = (project: Project, name: string, overrides: RunOverrides): Project => {
  const service = project.services[name]
  if (service === undefined)
    throw new UserError('NO_SUCH_SERVICE', `no such service: ${name}`, {
      hint: `services: ${Object.keys(project.services).sort().join(', ')}`,
    })
  return { ...project, services: { ...project.services, [name]: serviceForRun(service, overrides) } }
}

const serviceForRun = (service: Service, overrides: RunOverrides): Service => {
  const { command, entrypoint, user, workingDirectory, capAdd, capDrop, volumes, ports } = overrides
  const targets = new Set(volumes.map(({ target }) => target))
  const { container_name: _name, restart: _restart, deploy, ...rest } = service
  return changedService(rest as Service, {
    tty: overrides.tty,
    stdin_open: overrides.stdinOpen,
    scale: 1,
    ...(deploy === undefined ? {} : { deploy: onceOnly(deploy) }),
    environment: { ...service.environment, ...overrides.environment },
    labels: { ...service.labels, ...overrides.labels },
    cap_add: [...(service.cap_add ?? []), ...capAdd],
    cap_drop: [...(service.cap_drop ?? []), ...capDrop],
    volumes: [...(service.volumes ?? []).filter(({ target }) => !targets.has(target)), ...volumes],
    ports: [...(overrides.servicePorts ? (service.ports ?? []) : []), ...ports],
    ...(entrypoint === undefined ? {} : { entrypoint, command: [] }),
    ...(command.length === 0 ? {} : { command }),
    ...(user === undefined ? {} : { user }),
    ...(workingDirectory === undefined ? {} : { working_dir: workingDirectory }),
  })
}

const onceOnly = ({
  restart_policy: _policy,
  replicas: _replicas,
  ...deploy
}: NonNullable<Service['deploy']>): NonNullable<Service['deploy']> => deploy

/** The state in which the service has one container more, and those that it has already are left alone. */
export const withOneOff = (desired: DesiredState, name: string, oneOff: OneOff): DesiredState => ({
  ...desired,
  services: desired.services.map((service) =>
    service.name === name ? { ...service, replicas: 1, oneOff } : service,
  ),
})
