import type { Project, Service } from '@container-compose/compose'
import { desire } from '../desired/desire.ts'
import type { DesiredState } from '../desired/desired-state.ts'
import { label } from '../labels.ts'
import type { ObservedContainer, ObservedState } from '../observed/observed-state.ts'

/** A project of the given services; what is not said is empty. */
export const projectOf = (
  services: Record<string, Partial<Service>>,
  rest: Partial<Project> = {},
): Project => {
  const whole = Object.fromEntries(
    Object.entries(services).map(([name, service]) => [
      name,
      { command: null, entrypoint: null, image: 'img', networks: { default: null }, ...service } as Service,
    ]),
  )
  return {
    name: 'demo',
    services: whole,
    networks: { default: { name: 'demo_default', ipam: {} } },
    volumes: {},
    secrets: {},
    configs: {},
    models: {},
    extensions: {},
    workingDirectory: '/home/u/demo',
    composeFiles: ['/home/u/demo/compose.yaml'],
    envFiles: [],
    environment: {},
    profiles: [],
    disabledServices: {},
    secretContents: {},
    ...rest,
  }
}

export const desireOf = (project: Project): DesiredState => desire(project, { of: () => undefined })

/** An engine with the image `img` and nothing else. */
export const nothing: ObservedState = {
  containers: [],
  networks: new Map(),
  volumes: new Map(),
  images: new Map([['img', { Id: 'sha256:1' }]]),
}

/** What is observed when the project is up as it is desired, with the changes that a test makes to single containers. */
export const upToDate = (
  desired: DesiredState,
  changes: Record<string, Partial<ObservedContainer>> = {},
): ObservedState => ({
  ...nothing,
  networks: new Map(
    desired.networks.map(({ name, body }) => [name, [{ Id: `id-${name}`, Name: name, Labels: body.Labels }]]),
  ),
  volumes: new Map(desired.volumes.map(({ name, body }) => [name, { Name: name, Labels: body.Labels }])),
  containers: desired.services.flatMap((service) =>
    Array.from({ length: service.replicas }, (_, index) => {
      const number = index + 1
      const name = `demo-${service.name}-${number}`
      return {
        id: `${service.name}${number}`.padEnd(64, '0'),
        name,
        service: service.name,
        number,
        oneOff: false,
        state: 'running',
        health: 'none' as const,
        exitCode: 0,
        configHash: service.hash,
        imageId: 'sha256:1',
        labels: { [label.image]: 'sha256:1', [label.configHash]: service.hash },
        networks: Object.fromEntries(service.networks.map((network) => [network, `id-${network}`])),
        mounts: service.volumes.map((volume) => ({
          Type: 'volume',
          Name: volume,
          Source: `/v/${volume}`,
          Destination: '/data',
        })),
        ...changes[name],
      }
    }),
  ),
})
