import { changedService, type Mount, type Project, type Service } from '@container-compose/compose'
import { allRegistryAuths } from '../client/registry-auth.ts'
import type { InjectedFile } from './desired-state.ts'

const socket: Mount = { type: 'bind', source: '/var/run/docker.sock', target: '/var/run/docker.sock' }
const configFolder = '/run/secrets/docker'
const configFile = `${configFolder}/config.json`

/**
 * The project whose services say in plain keys what `use_api_socket` means: the engine's socket, and the credentials of Docker's
 * configuration in a file that its clients find. No engine knows the key; hashes are of what it stands for, as in Docker
 * Compose (pkg/compose/apiSocket.go).
 */
export const withApiSocket = (project: Project): Project => {
  const entries = Object.entries(project.services)
  if (!entries.some(([, { use_api_socket }]) => use_api_socket === true)) return project
  const services: Record<string, Service> = Object.create(null)
  for (const [name, service] of entries) services[name] = withSocket(service)
  return { ...project, services }
}

const withSocket = (service: Service): Service =>
  service.use_api_socket === true
    ? changedService(service, {
        volumes: [...(service.volumes ?? []), socket],
        // A mapping, as those of files are: it has no prototype, and is printed in order.
        environment: Object.assign(Object.create(null), { DOCKER_CONFIG: configFolder }, service.environment),
        configs: [...(service.configs ?? []), { source: '#apisocket', target: configFile }],
      })
    : service

/** The file with the credentials: read when it is written into a container, and never before. */
export const credentialsFile = ({ use_api_socket }: Service): InjectedFile[] =>
  use_api_socket === true ? [{ path: configFile, content: credentials, mode: 0o444, uid: 0, gid: 0 }] : []

const credentials = async (): Promise<string> => {
  const auths = Object.entries(await allRegistryAuths()).map(([address, { identitytoken, ...login }]) => {
    const auth = Buffer.from(`${login['username']}:${login['password']}`).toString('base64')
    return [address, identitytoken === undefined ? { auth } : { identitytoken }]
  })
  return JSON.stringify({ auths: Object.fromEntries(auths) }, undefined, '\t')
}
