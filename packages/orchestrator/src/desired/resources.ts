import { byteCount, type Service } from '@container-compose/compose'

/** The members of HostConfig that bound what a container may use. `deploy.resources` beats the older keys. */
export const resourceLimits = (service: Service) => {
  const { limits, reservations } = service.deploy?.resources ?? {}
  const cpus = limits?.cpus ?? service.cpus
  return {
    NanoCpus: cpus === undefined ? undefined : Math.round(cpus * 1e9),
    Memory: byteCount(limits?.memory ?? service.mem_limit),
    MemoryReservation: byteCount(reservations?.memory ?? service.mem_reservation),
    MemorySwap: byteCount(service.memswap_limit),
    MemorySwappiness: byteCount(service.mem_swappiness),
    PidsLimit: limits?.pids ?? service.pids_limit,
    CpuShares: service.cpu_shares,
    CpuPeriod: service.cpu_period,
    CpuQuota: service.cpu_quota,
    CpuRealtimePeriod: service.cpu_rt_period,
    CpuRealtimeRuntime: service.cpu_rt_runtime,
    CpuCount: service.cpu_count,
    CpuPercent: service.cpu_percent === undefined ? undefined : Math.trunc(service.cpu_percent * 100),
    CpusetCpus: service.cpuset,
    CgroupParent: service.cgroup_parent,
    OomKillDisable: service.oom_kill_disable,
    OomScoreAdj: service.oom_score_adj,
    DeviceCgroupRules: service.device_cgroup_rules,
    Ulimits: ulimits(service),
    Devices: service.devices?.map(({ source, target, permissions }) => ({
      PathOnHost: source,
      PathInContainer: target ?? source,
      CgroupPermissions: permissions ?? 'rwm',
    })),
    DeviceRequests: [...(service.gpus ?? []), ...(reservations?.devices ?? [])].map((device) => ({
      Driver: device.driver ?? '',
      Count: device.count ?? (device.device_ids === undefined ? -1 : 0),
      DeviceIDs: device.device_ids ?? null,
      Capabilities: [device.capabilities ?? []],
      Options: device.options ?? null,
    })),
    ...blockLimits(service.blkio_config),
  }
}

/** Sorted by name. */
export const ulimits = ({ ulimits = {} }: Pick<Service, 'ulimits'>) =>
  Object.entries(ulimits)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([Name, limit]) =>
      typeof limit === 'number'
        ? { Name, Soft: limit, Hard: limit }
        : { Name, Soft: limit.soft ?? 0, Hard: limit.hard ?? 0 },
    )

const blockLimits = (config: Service['blkio_config']) => {
  if (config === undefined) return {}
  const rates = (list: NonNullable<Service['blkio_config']>['device_read_bps']) =>
    list?.map(({ path, rate }) => ({ Path: path, Rate: Number(rate) }))
  return {
    BlkioWeight: config.weight,
    BlkioWeightDevice: config.weight_device?.map(({ path, weight }) => ({ Path: path, Weight: weight })),
    BlkioDeviceReadBps: rates(config.device_read_bps),
    BlkioDeviceReadIOps: rates(config.device_read_iops),
    BlkioDeviceWriteBps: rates(config.device_write_bps),
    BlkioDeviceWriteIOps: rates(config.device_write_iops),
  }
}

/** `restart`, unless `deploy.restart_policy` says it in its own words. */
export const restartPolicy = (service: Service): { Name: string; MaximumRetryCount: number } => {
  const policy = service.deploy?.restart_policy
  if (policy !== undefined)
    return {
      Name: conditionNames[policy.condition ?? ''] ?? policy.condition ?? '',
      MaximumRetryCount: policy.max_attempts ?? 0,
    }
  const [name = '', attempts = '0'] = (service.restart ?? '').split(':')
  return { Name: name, MaximumRetryCount: Number(attempts) }
}

const conditionNames: Record<string, string> = { none: 'no', 'on-failure': 'on-failure', any: 'always' }
