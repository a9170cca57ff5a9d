import type { BuildRequest } from '../request.ts'

/** What the engine has prepared for a build. */
export interface Prepared {
  readonly contextDir: string
  /** Outside of the context. */
  readonly dockerfile: string
  /** An empty file: the context has been filtered already. */
  readonly ignoreFile: string
  readonly idFile: string
  readonly policy: string
  /** The program that runs the steps. */
  readonly runtime: string
  readonly cgroupParent: string
  /** Ids of the images that the Dockerfile's names stand for. */
  readonly images: ReadonlyMap<string, string>
  /** Directories that they stand for. */
  readonly contexts: Readonly<Record<string, string>>
  /** Files by the id of the secret. */
  readonly secrets: Readonly<Record<string, string>>
  readonly hostGateway: string | undefined
}

/** The arguments of `buildah build` (buildah-build(1)) that make what was asked for. */
export const buildArguments = (request: BuildRequest, prepared: Prepared): string[] => {
  const each = (flag: string, values: Iterable<string>): string[] =>
    [...values].flatMap((value) => [flag, value])
  const option = (flag: string, value: string | number | undefined): string[] =>
    value === undefined ? [] : [`${flag}=${value}`]
  const pairs = (map: Readonly<Record<string, string>>): string[] =>
    Object.entries(map).map(([name, value]) => `${name}=${value}`)
  return [
    'build',
    // Docker's format alone has health checks, shells and triggers.
    ...[
      '--format',
      'docker',
      '--identity-label=false',
      '--layers',
      '--force-rm',
      '--pull=never',
      '--http-proxy=false',
    ],
    ...['--signature-policy', prepared.policy, '--iidfile', prepared.idFile],
    ...['--isolation', 'oci', '--runtime', prepared.runtime, '--cgroup-parent', prepared.cgroupParent],
    // The whole program is in the namespace that its steps are to have.
    ...['--network', 'host'],
    ...['--file', prepared.dockerfile, '--ignorefile', prepared.ignoreFile],
    ...(request.noCache ? ['--no-cache'] : []),
    ...(request.squash ? ['--squash'] : []),
    ...each(
      '--build-arg',
      [...request.args].map(([name, value]) => `${name}=${value}`),
    ),
    ...each('--label', pairs(request.labels)),
    ...option('--target', request.target),
    ...option('--platform', request.platform),
    ...each('--build-context', [
      ...[...prepared.images].map(([name, id]) => `${name}=docker-image://${id.replace('sha256:', '')}`),
      ...pairs(prepared.contexts),
    ]),
    ...each(
      '--secret',
      Object.entries(prepared.secrets).map(([id, path]) => `id=${id},src=${path}`),
    ),
    ...each('--ssh', pairs(request.ssh)),
    ...each(
      '--add-host',
      request.extraHosts.map((entry) => entry.replace(/:host-gateway$/, `:${prepared.hostGateway ?? ''}`)),
    ),
    ...each('--ulimit', request.ulimits),
    ...option('--shm-size', request.shmSize),
    ...option('--memory', request.memory === undefined ? undefined : `${request.memory}b`),
    ...option('--memory-swap', memorySwap(request.memorySwap)),
    ...option('--cpu-shares', request.cpuShares),
    ...option('--cpu-period', request.cpuPeriod),
    ...option('--cpu-quota', request.cpuQuota),
    ...option('--cpuset-cpus', request.cpusetCpus),
    ...option('--cpuset-mems', request.cpusetMems),
    prepared.contextDir,
  ]
}

const memorySwap = (bytes: number | undefined): string | undefined =>
  bytes === undefined ? undefined : bytes < 0 ? '-1' : `${bytes}b`
