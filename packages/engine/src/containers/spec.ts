import { badParameter } from '../api/errors.ts'
import type { OciMount, OciProcess, OciResources, OciSpec } from '../runtime/oci-spec.ts'
import { maskedPaths, readonlyPaths, systemMounts, usualShmBytes } from '../runtime/system-mounts.ts'
import { capabilities } from './capabilities.ts'
import type { ContainerConfig, ContainerDocument, HostConfig } from './model.ts'

/**
 * The container's process as every runtime starts it.
 *
 * @throws ApiError 400 for capabilities, ulimits and resources that make no sense.
 */
export const ociSpec = ({
  config,
  hostConfig,
  mounts,
}: Pick<ContainerDocument, 'config' | 'hostConfig' | 'mounts'>): OciSpec => {
  const { Privileged: privileged } = hostConfig
  return {
    process: {
      ...ociProcess(config, hostConfig),
      args: [...(config.Entrypoint ?? []), ...(config.Cmd ?? [])],
    },
    root: { readonly: hostConfig.ReadonlyRootfs },
    hostname: config.Hostname,
    ...(config.Domainname !== '' && { domainname: config.Domainname }),
    mounts: [
      ...systemMounts(privileged, hostConfig.ShmSize || usualShmBytes),
      ...mounts
        .flatMap((mount): OciMount[] =>
          mount.type === 'tmpfs'
            ? [
                {
                  destination: mount.destination,
                  type: 'tmpfs',
                  source: 'tmpfs',
                  options: [...mount.options, ...(mount.readOnly ? ['ro'] : [])],
                },
              ]
            : [],
        )
        .sort(byDepth),
    ],
    linux: {
      // Docker's own defaults come first, so that a container may change them.
      sysctl: {
        'net.ipv4.ip_unprivileged_port_start': '0',
        'net.ipv4.ping_group_range': '0 2147483647',
        ...hostConfig.Sysctls,
      },
      resources: ociResources(hostConfig),
      maskedPaths: hostConfig.MaskedPaths ?? (privileged ? [] : maskedPaths),
      readonlyPaths: hostConfig.ReadonlyPaths ?? (privileged ? [] : readonlyPaths),
    },
  }
}

/** A mount in another one comes after it. */
export const byDepth = (a: { readonly destination: string }, b: { readonly destination: string }): number =>
  depth(a.destination) - depth(b.destination)

const depth = (path: string): number => path.split('/').length

/** All of a process but its arguments: shared by the container's own process and those of exec. */
export const ociProcess = (config: ContainerConfig, hostConfig: HostConfig): Omit<OciProcess, 'args'> => ({
  terminal: config.Tty,
  ...(hostConfig.ConsoleSize[0] > 0 && {
    consoleSize: { height: hostConfig.ConsoleSize[0], width: hostConfig.ConsoleSize[1] },
  }),
  user: config.User,
  additionalGroups: hostConfig.GroupAdd,
  env: environment(config),
  cwd: config.WorkingDir || '/',
  capabilities: capabilities({
    privileged: hostConfig.Privileged,
    add: hostConfig.CapAdd,
    drop: hostConfig.CapDrop,
  }),
  rlimits: rlimits(hostConfig.Ulimits),
  noNewPrivileges: hostConfig.SecurityOpt.some((option) => /^no-new-privileges([:=]true)?$/.test(option)),
  ...(hostConfig.OomScoreAdj !== 0 && { oomScoreAdj: hostConfig.OomScoreAdj }),
})

/** Docker's own variables, replaced by those of the configuration; a name without `=` takes a variable away. */
const environment = ({ Env, Hostname, Tty }: ContainerConfig): string[] => {
  const variables = new Map([
    ['PATH', 'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'],
    ['HOSTNAME', `HOSTNAME=${Hostname}`],
    ...(Tty ? [['TERM', 'TERM=xterm'] as const] : []),
  ])
  for (const variable of Env) {
    const name = variable.split('=', 1)[0] ?? ''
    if (variable.includes('=')) variables.set(name, variable)
    else variables.delete(name)
  }
  return [...variables.values()]
}

const ulimitNames = new Set(
  'core cpu data fsize locks memlock msgqueue nice nofile nproc rss rtprio rttime sigpending stack'.split(
    ' ',
  ),
)

/** The limit of open files that Docker's containers have; the kernel's own, 1024 and 4096, is too low for servers. */
const defaultNofile = { type: 'RLIMIT_NOFILE', soft: 1048576, hard: 1048576 }

const rlimits = (ulimits: HostConfig['Ulimits']): OciProcess['rlimits'] => {
  const asked = ulimits.map(({ Name, Soft, Hard }) => {
    const name = Name.toLowerCase()
    if (!ulimitNames.has(name)) throw badParameter(`invalid ulimit type: ${Name}`)
    if (Hard !== -1 && (Soft === -1 || Soft > Hard))
      throw badParameter(`ulimit soft limit must be less than or equal to hard limit: ${Soft} > ${Hard}`)
    return { type: `RLIMIT_${name.toUpperCase()}`, soft: Soft, hard: Hard }
  })
  return asked.some(({ type }) => type === defaultNofile.type) ? asked : [defaultNofile, ...asked]
}

const leastMemory = 6 * 1024 * 1024

const ociResources = (hostConfig: HostConfig): OciResources => {
  const { Memory, MemorySwap, MemoryReservation, NanoCpus, CpuPeriod, CpuQuota, CpuShares } = hostConfig
  if (Memory !== 0 && Memory < leastMemory) throw badParameter('Minimum memory limit allowed is 6MB')
  if (MemorySwap > 0 && Memory === 0)
    throw badParameter('You should always set the Memory limit when using Memoryswap limit, see usage')
  if (MemorySwap > 0 && MemorySwap < Memory)
    throw badParameter('Minimum memoryswap limit should be larger than memory limit, see usage')
  if (MemoryReservation > 0 && Memory > 0 && MemoryReservation > Memory)
    throw badParameter('Minimum memory limit can not be less than memory reservation limit, see usage')
  if (NanoCpus > 0 && (CpuPeriod > 0 || CpuQuota > 0))
    throw badParameter('Conflicting options: Nano CPUs and CPU Period cannot both be set.')
  const period = NanoCpus > 0 ? 100_000 : CpuPeriod
  const quota = NanoCpus > 0 ? Math.round((NanoCpus / 1e9) * 100_000) : CpuQuota
  return {
    ...(Memory > 0 && { memoryLimit: Memory }),
    ...(Memory > 0 && { memorySwap: MemorySwap === 0 ? 2 * Memory : MemorySwap }),
    ...(MemoryReservation > 0 && { memoryReservation: MemoryReservation }),
    ...(quota > 0 && { cpuQuota: quota }),
    ...(period > 0 && { cpuPeriod: period }),
    ...(CpuShares > 0 && { cpuShares: CpuShares }),
    ...(hostConfig.CpusetCpus !== '' && { cpusetCpus: hostConfig.CpusetCpus }),
    ...(hostConfig.PidsLimit > 0 && { pidsLimit: hostConfig.PidsLimit }),
  }
}
