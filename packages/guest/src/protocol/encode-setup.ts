import { parseAddress, parseMac } from './addresses.ts'
import { encodeProcess } from './encode-process.ts'
import { bytesItem, listItem, numberItem, stringItem } from './items.ts'
import { encodeMount, outerFirst } from './mount-options.ts'
import type { GuestLimits, GuestNic, GuestSetup } from './setup.ts'
import { tag } from './wire.ts'

/** The part of a setup that can be done in advance. */
export const encodeSurroundings = ({
  mounts,
  maskedPaths,
  readonlyPaths,
}: Pick<GuestSetup, 'mounts' | 'maskedPaths' | 'readonlyPaths'>): Buffer[] => [
  ...outerFirst(mounts).map(encodeMount),
  ...maskedPaths.map((path) => stringItem(tag.maskedPath, path)),
  ...readonlyPaths.map((path) => stringItem(tag.readonlyPath, path)),
]

/** The description of a container, to be cut into `setup` frames. */
export const encodeSetup = (setup: GuestSetup): Buffer =>
  Buffer.concat([
    numberItem(tag.clock, setup.clock),
    bytesItem(tag.entropy, setup.entropy),
    stringItem(tag.hostname, setup.hostname),
    stringItem(tag.domainname, setup.domainname ?? ''),
    ...setup.nics.map(encodeNic),
    ...(setup.dnsUpstream === undefined
      ? []
      : [bytesItem(tag.dnsUpstream, parseAddress(setup.dnsUpstream).bytes)]),
    ...encodeEtcFiles(setup.etcFiles),
    numberItem(tag.rootReadonly, setup.readOnlyRoot ? 1 : 0),
    ...encodeSurroundings(setup),
    ...Object.entries(setup.sysctl).map(([name, value]) =>
      listItem(tag.sysctl, [stringItem(tag.name, sysctlPath(name)), stringItem(tag.value, value)]),
    ),
    ...encodeLimits(setup.limits),
    numberItem(tag.init, setup.init ? 1 : 0),
    numberItem(tag.allDevices, setup.allDevices ? 1 : 0),
    ...(setup.process === undefined ? [] : [listItem(tag.process, encodeProcess(setup.process))]),
  ])

const encodeNic = ({ mac, mtu, addresses, gateways }: GuestNic): Buffer =>
  listItem(tag.nic, [
    bytesItem(tag.mac, parseMac(mac)),
    numberItem(tag.mtu, mtu),
    ...addresses.map((text) => {
      const { bytes, prefix } = parseAddress(text)
      return bytesItem(tag.address, Buffer.concat([Buffer.from([prefix]), bytes]))
    }),
    ...gateways.map((text) => bytesItem(tag.gateway, parseAddress(text).bytes)),
  ])

const encodeEtcFiles = ({ hosts, hostname, resolvConf }: GuestSetup['etcFiles']): Buffer[] =>
  Object.entries({ hosts, hostname, 'resolv.conf': resolvConf }).map(([name, text]) =>
    listItem(tag.etcFile, [stringItem(tag.name, name), bytesItem(tag.value, Buffer.from(text))]),
  )

/** sysctl(8): dots are separators unless the name is written with slashes. */
const sysctlPath = (name: string): string => {
  const path = name.includes('/') ? name : name.replaceAll('.', '/')
  if (path.split('/').some((part) => part === '' || part === '.' || part === '..'))
    throw new RangeError(`not the name of a sysctl: "${name}"`)
  return path
}

/** cgroup v2 files have Docker's numbers in other units. */
const encodeLimits = (limits: GuestLimits): Buffer[] => {
  const texts: [number, string | undefined][] = [
    [tag.memoryMax, limits.memoryMaxBytes?.toString()],
    [tag.memorySwapMax, limits.memorySwapMaxBytes?.toString()],
    [tag.memoryLow, limits.memoryLowBytes?.toString()],
    [
      tag.cpuMax,
      limits.cpuQuotaUs === undefined ? undefined : `${limits.cpuQuotaUs} ${limits.cpuPeriodUs ?? 100_000}`,
    ],
    [tag.cpuWeight, limits.cpuShares === undefined ? undefined : `${cpuWeight(limits.cpuShares)}`],
    [tag.cpusetCpus, limits.cpusetCpus],
    [tag.pidsMax, limits.pidsMax?.toString()],
  ]
  return texts.flatMap(([name, text]) => (text === undefined ? [] : [stringItem(name, text)]))
}

/** 2–262144 to 1–10000, as crun and runc do for cgroup v2. */
const cpuWeight = (shares: number): number =>
  1 + Math.floor(((Math.min(Math.max(shares, 2), 262_144) - 2) * 9_999) / 262_142)
