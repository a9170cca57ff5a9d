import { badParameter } from '../api/errors.ts'
import type { HostConfig, RuntimeName } from './model.ts'

/** A member of HostConfig that a runtime can't honour: when it asks for something, and what to say then. */
interface Refusal {
  readonly member: string
  readonly asksFor: (value: unknown) => boolean
  readonly reason: string
}

const isSet = (value: unknown): boolean =>
  Array.isArray(value) ? value.length > 0 : value !== 0 && value !== '' && value !== false
const isOther =
  (...harmless: readonly unknown[]) =>
  (value: unknown): boolean =>
    isSet(value) && !harmless.includes(value)
const startsWith =
  (prefix: string) =>
  (value: unknown): boolean =>
    typeof value === 'string' && value.startsWith(prefix)

const hostKernel = 'a virtual machine has a kernel of its own'
const noHostDevices = 'devices of the host are not passed to a virtual machine'
const noSharing = 'virtual machines share no namespaces with each other or the host'
const noDiskLimits = 'limits of disk throughput are not supported'

/** What runtime `vm` refuses. A member that is neither here nor read by `create-request.ts` has no effect in dockerd on Linux either. */
const vmRefusals: readonly Refusal[] = [
  { member: 'BlkioDeviceReadBps', asksFor: isSet, reason: noDiskLimits },
  { member: 'BlkioDeviceReadIOps', asksFor: isSet, reason: noDiskLimits },
  { member: 'BlkioDeviceWriteBps', asksFor: isSet, reason: noDiskLimits },
  { member: 'BlkioDeviceWriteIOps', asksFor: isSet, reason: noDiskLimits },
  { member: 'BlkioWeight', asksFor: isSet, reason: noDiskLimits },
  { member: 'BlkioWeightDevice', asksFor: isSet, reason: noDiskLimits },
  { member: 'Cgroup', asksFor: isSet, reason: noSharing },
  { member: 'CgroupParent', asksFor: isSet, reason: hostKernel },
  { member: 'CgroupnsMode', asksFor: isOther('private'), reason: noSharing },
  { member: 'CpuRealtimePeriod', asksFor: isSet, reason: 'real-time scheduling is not supported' },
  { member: 'CpuRealtimeRuntime', asksFor: isSet, reason: 'real-time scheduling is not supported' },
  { member: 'CpusetMems', asksFor: isSet, reason: hostKernel },
  { member: 'DeviceCgroupRules', asksFor: isSet, reason: noHostDevices },
  { member: 'DeviceRequests', asksFor: isSet, reason: noHostDevices },
  { member: 'Devices', asksFor: isSet, reason: noHostDevices },
  { member: 'IpcMode', asksFor: isOther('private', 'shareable'), reason: noSharing },
  { member: 'KernelMemory', asksFor: isSet, reason: hostKernel },
  { member: 'KernelMemoryTCP', asksFor: isSet, reason: hostKernel },
  { member: 'MemorySwappiness', asksFor: isOther(-1), reason: 'a virtual machine has no swap' },
  { member: 'NetworkMode', asksFor: (value) => value === 'host', reason: noSharing },
  { member: 'NetworkMode', asksFor: startsWith('container:'), reason: noSharing },
  { member: 'OomKillDisable', asksFor: isSet, reason: hostKernel },
  { member: 'PidMode', asksFor: isOther('private'), reason: noSharing },
  {
    member: 'StorageOpt',
    asksFor: (value) => Object.keys(Object(value)).length > 0,
    reason: 'disks have one size',
  },
  { member: 'UTSMode', asksFor: isOther('private'), reason: noSharing },
  { member: 'UsernsMode', asksFor: isOther('host', 'private'), reason: 'user namespaces are not supported' },
  { member: 'VolumeDriver', asksFor: isOther('local'), reason: 'only volumes of driver local are supported' },
]

const refusals: Readonly<Record<RuntimeName, readonly Refusal[]>> = {
  vm: vmRefusals,
  sandbox: [],
  apple: vmRefusals,
}

/**
 * Refuses what the runtime can't do, rather than running something else than was asked for.
 *
 * @throws ApiError 400 naming the member, its value and the reason.
 */
export const refuseUnsupported = (hostConfig: HostConfig, runtime: RuntimeName): void => {
  for (const { member, asksFor, reason } of refusals[runtime]) {
    const value = hostConfig[member] ?? undefined
    if (value !== undefined && asksFor(value))
      throw badParameter(
        `HostConfig.${member} ${JSON.stringify(value)} is not supported by runtime "${runtime}": ${reason}`,
      )
  }
  for (const option of hostConfig.SecurityOpt) refuseSecurityOption(option, runtime)
  refuseLogDriver(hostConfig['LogConfig'])
}

/** Profiles that confine a process are not applied in a virtual machine; asking for none of them is no wish. */
const harmlessSecurity =
  /^(no-new-privileges([:=](true|false))?|(seccomp|apparmor|systempaths)[:=]unconfined|label[:=].*)$/

const refuseSecurityOption = (option: string, runtime: RuntimeName): void => {
  if (!harmlessSecurity.test(option))
    throw badParameter(`HostConfig.SecurityOpt "${option}" is not supported by runtime "${runtime}"`)
}

/** Output is always kept in a file of ours, which does what these three promise. */
const logDrivers = new Set(['', 'json-file', 'local'])

const refuseLogDriver = (config: unknown): void => {
  const type = (config as { Type?: unknown } | null | undefined)?.Type ?? ''
  if (typeof type !== 'string' || !logDrivers.has(type))
    throw badParameter(`logger: no log driver named '${String(type)}' is registered`)
}
