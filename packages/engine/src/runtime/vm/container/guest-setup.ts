import { randomBytes } from 'node:crypto'
import type { GuestLimits, GuestMount, GuestNic, GuestProcess, GuestSetup } from '@container-compose/guest'
import type { OciMount, OciProcess, OciResources } from '../../oci-spec.ts'
import type { Bundle, Endpoint } from '../../runtime.ts'
import { maskedPaths, readonlyPaths, systemMounts, usualShmBytes } from '../../system-mounts.ts'
import { dataDiskFiles } from '../disk/data-disks.ts'
import { mountPorts } from '../mounts/mount-ports.ts'
import { rehearsalProgram } from '../rehearsal/rehearsal-disk.ts'

/** What differs between two starts of the same bundle. */
export interface Moment {
  /** Milliseconds since the epoch. */
  readonly now: number
  readonly entropy: Buffer
}

export const thisMoment = (now: number): Moment => ({ now, entropy: randomBytes(64) })

const filesystemMount = ({ destination, type, source, options }: OciMount): GuestMount => ({
  kind: 'filesystem',
  target: destination,
  type,
  source,
  options,
})

/** A bundle in the words of the guest's agent. */
export const guestSetup = (bundle: Bundle, moment: Moment): GuestSetup => {
  const { spec, endpoints } = bundle
  const dnsUpstream = endpoints[0]?.ipv4Gateway
  return {
    ...bare(moment, spec.hostname),
    ...(spec.domainname === undefined ? {} : { domainname: spec.domainname }),
    nics: endpoints.map(guestNic),
    ...(dnsUpstream === undefined ? {} : { dnsUpstream }),
    etcFiles: bundle.etcFiles,
    readOnlyRoot: spec.root.readonly,
    mounts: [...spec.mounts.map(filesystemMount), ...sharedMounts(bundle), ...diskMounts(bundle)],
    sysctl: spec.linux.sysctl,
    maskedPaths: spec.linux.maskedPaths,
    readonlyPaths: spec.linux.readonlyPaths,
    limits: guestLimits(spec.linux.resources),
    init: bundle.init,
    allDevices: bundle.privileged,
    process: guestProcess(spec.process, bundle.openStdin),
  }
}

/** What a template has in place already: a container that wants just this starts sooner. */
export const usualSurroundings: Pick<GuestSetup, 'mounts' | 'maskedPaths' | 'readonlyPaths'> = {
  mounts: systemMounts(false, usualShmBytes).map(filesystemMount),
  maskedPaths,
  readonlyPaths,
}

/** What a machine practises with: like most containers, on an address of documentation (RFC 5737) that leads nowhere. */
export const rehearsalSetup = (moment: Moment): GuestSetup => ({
  ...bare(moment, 'rehearsal'),
  ...usualSurroundings,
  nics: [
    {
      mac: '02:00:00:00:00:01',
      mtu: 1500,
      addresses: ['192.0.2.2/24'],
      gateways: ['192.0.2.1'],
    },
  ],
  etcFiles: {
    hosts: '127.0.0.1\tlocalhost\n',
    hostname: 'rehearsal\n',
    resolvConf: 'nameserver 127.0.0.11\n',
  },
  readOnlyRoot: false,
  process: {
    args: [rehearsalProgram, 'rehearse'],
    env: ['PATH=/'],
    cwd: '/',
    user: '',
    additionalGroups: [],
    capabilities: [],
    rlimits: [],
    noNewPrivileges: false,
    terminal: false,
    openStdin: false,
  },
})

/** A machine that has the container's files, volumes and binds among them, and nothing else: no process, no network. */
export const helperSetup = (bundle: Bundle, moment: Moment): GuestSetup => ({
  ...bare(moment, bundle.spec.hostname),
  mounts: [...sharedMounts(bundle), ...diskMounts(bundle)],
  etcFiles: bundle.etcFiles,
  readOnlyRoot: false,
})

const bare = ({ now, entropy }: Moment, hostname: string): Omit<GuestSetup, 'etcFiles' | 'readOnlyRoot'> => ({
  hostname,
  clock: BigInt(now) * 1_000_000n,
  entropy,
  nics: [],
  mounts: [],
  sysctl: {},
  maskedPaths: [],
  readonlyPaths: [],
  limits: {},
  init: false,
})

const guestNic = (endpoint: Endpoint, index: number): GuestNic => ({
  mac: endpoint.mac,
  mtu: endpoint.mtu,
  addresses: [endpoint.ipv4, endpoint.ipv6].filter((address) => address !== undefined),
  gateways:
    index === 0
      ? [endpoint.ipv4Gateway, endpoint.ipv6Gateway].filter((address) => address !== undefined)
      : [],
})

const sharedMounts = ({ hostMounts }: Bundle): GuestMount[] =>
  mountPorts(hostMounts).flatMap((port): GuestMount[] =>
    port.name === 'sockets'
      ? port.mounts.map(({ source: _, entry, ...mount }) => ({
          kind: 'socket',
          entry: String(entry),
          ...mount,
        }))
      : port.mounts.map(({ entry, target, readOnly }) => ({
          ...{ kind: 'shared', target, port: port.name, entry: String(entry), readOnly },
        })),
  )

const diskMounts = ({ diskMounts: mounts }: Bundle): GuestMount[] => {
  const files = dataDiskFiles(mounts)
  return mounts.map(({ file, target, readOnly, subpath = '' }) => ({
    ...{ kind: 'disk', target, readOnly, subpath },
    disk: files.indexOf(file),
  }))
}

const guestLimits = (resources: OciResources): GuestLimits => ({
  ...defined('memoryMaxBytes', resources.memoryLimit),
  ...defined('memorySwapMaxBytes', swapBeyondMemory(resources)),
  ...defined('memoryLowBytes', resources.memoryReservation),
  ...defined('cpuQuotaUs', resources.cpuQuota),
  ...defined('cpuPeriodUs', resources.cpuPeriod),
  ...defined('cpuShares', resources.cpuShares),
  ...defined('cpusetCpus', resources.cpusetCpus),
  ...defined('pidsMax', resources.pidsLimit),
})

/** OCI counts memory and swap together, cgroup v2 swap alone. */
const swapBeyondMemory = ({ memoryLimit, memorySwap }: OciResources): number | undefined =>
  memoryLimit === undefined || memorySwap === undefined || memorySwap < 0
    ? undefined
    : Math.max(0, memorySwap - memoryLimit)

export const guestProcess = (process: OciProcess, openStdin: boolean): GuestProcess => ({
  args: process.args,
  env: process.env,
  cwd: process.cwd,
  user: process.user,
  additionalGroups: process.additionalGroups,
  capabilities: process.capabilities,
  rlimits: process.rlimits,
  noNewPrivileges: process.noNewPrivileges,
  ...defined('oomScoreAdj', process.oomScoreAdj),
  terminal: process.terminal,
  ...(process.consoleSize === undefined
    ? {}
    : { consoleSize: { rows: process.consoleSize.height, columns: process.consoleSize.width } }),
  openStdin,
})

const defined = <K extends string, V>(key: K, value: V | undefined): { [key in K]?: V } =>
  value === undefined ? {} : ({ [key]: value } as { [key in K]?: V })
