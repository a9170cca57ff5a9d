import { readFile } from 'node:fs/promises'
import {
  type Build,
  byteCount,
  type FileReference,
  type Locations,
  type Project,
  type Service,
} from '@container-compose/compose'
import { composeVersion, label } from '../labels.ts'
import type { AdditionalContext, BuildSecret, DesiredBuild, DesiredDockerfile } from './desired-build.ts'
import { ulimits } from './resources.ts'

/** The builds of all services that have one: of those that are not wanted now, too, because others may be made from them. */
export const desiredBuilds = (project: Project, locations: Locations): ReadonlyMap<string, DesiredBuild> =>
  new Map(
    Object.entries({ ...project.disabledServices, ...project.services }).flatMap(([name, service]) =>
      service.build === undefined
        ? []
        : [[name, desiredBuild({ project, locations, name, service, build: service.build })] as const],
    ),
  )

interface Declared {
  readonly project: Project
  readonly locations: Locations
  readonly name: string
  readonly service: Service
  readonly build: Build
}

const desiredBuild = (declared: Declared): DesiredBuild => {
  const { project, locations, name, service, build } = declared
  return {
    service: name,
    at: locations.of(['services', name, 'build']),
    context: build.context ?? project.workingDirectory,
    dockerfile: dockerfileOf(declared),
    tags: [...new Set([service.image ?? `${project.name}-${name}`, ...(build.tags ?? [])])],
    args: argsOf(build, project),
    labels: {
      ...build.labels,
      [label.project]: project.name,
      [label.service]: name,
      [label.version]: composeVersion,
    },
    target: build.target,
    network: build.network,
    platform: platformOf(declared),
    extraHosts: (build.extra_hosts ?? []).map((entry) => entry.replace('=', ':')),
    ulimits: ulimits(build),
    shmSize: byteCount(build.shm_size),
    cacheFrom: build.cache_from ?? [],
    noCache: build.no_cache ?? false,
    pull: build.pull ?? false,
    contexts: Object.fromEntries(
      Object.entries(build.additional_contexts ?? {}).map(([key, value]) => [key, contextOf(value)]),
    ),
    secrets: (build.secrets ?? []).map((use, index) => secretOf(declared, use, index)),
    ssh: sshAgents(build.ssh ?? [], project.environment),
    refusals: [],
    hints: [],
  }
}

const dockerfileOf = ({ name, build, locations }: Declared): DesiredDockerfile =>
  build.dockerfile_inline === undefined
    ? { kind: 'file', path: build.dockerfile ?? 'Dockerfile' }
    : {
        kind: 'inline',
        text: build.dockerfile_inline,
        at: locations.of(['services', name, 'build', 'dockerfile_inline']),
      }

/** Arguments without a value take it from the environment, and are left out where that has none. */
const argsOf = ({ args = {} }: Build, { environment }: Project): Record<string, string> =>
  Object.fromEntries(
    Object.entries(args).flatMap(([key, value]) => {
      const text = value ?? environment[key]
      return text === undefined ? [] : [[key, text]]
    }),
  )

/** The platform of the service; of several that the build names only one can be made at a time. */
const platformOf = ({ service, build, project }: Declared): string | undefined => {
  const wanted = service.platform ?? project.environment['DOCKER_DEFAULT_PLATFORM']
  return wanted || (build.platforms?.length === 1 ? build.platforms[0] : undefined)
}

const contextOf = (value: string): AdditionalContext => {
  const [, scheme, rest = ''] = /^(service:|docker-image:\/\/)(.*)$/.exec(value) ?? []
  if (scheme === 'service:') return { kind: 'service', service: rest }
  if (scheme !== undefined) return { kind: 'image', reference: rest }
  return value.startsWith('/') ? { kind: 'folder', path: value } : { kind: 'url', url: value }
}

const secretOf = ({ project, locations, name }: Declared, use: FileReference, index: number): BuildSecret => {
  const source = use.source ?? ''
  const { file, content, environment } = project.secrets[source] ?? {}
  return {
    id: use.target ?? source,
    source,
    at: locations.of(['services', name, 'build', 'secrets', index]),
    read: async () => {
      if (file !== undefined) return readFile(file)
      const text = content ?? (environment === undefined ? undefined : project.environment[environment])
      return text === undefined ? undefined : Buffer.from(text)
    },
  }
}

/** `id=path` entries; `default` alone is the agent of the environment. */
export const sshAgents = (
  entries: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
): Record<string, string> =>
  Object.fromEntries(
    entries.map((entry) => {
      const [, id = '', path = ''] = /^([^=:]*)(?:[=:]\s*(.*))?$/.exec(entry) ?? []
      return [id, path || (id === 'default' ? (environment['SSH_AUTH_SOCK'] ?? '') : '')]
    }),
  )
