import { expect, test } from 'vitest'
import { refuseUnsupported } from '../../packages/engine/src/containers/unsupported.ts'
import { rules } from '../../packages/orchestrator/src/desired/support.ts'

type HostConfig = Parameters<typeof refuseUnsupported>[0]

/** For each refused key a member of HostConfig that would say it. */
const samples: Record<string, Record<string, unknown>> = {
  network_mode: { NetworkMode: 'host' },
  pid: { PidMode: 'host' },
  ipc: { IpcMode: 'host' },
  uts: { UTSMode: 'host' },
  cgroup: { CgroupnsMode: 'host' },
  devices: { Devices: [{}] },
  device_cgroup_rules: { DeviceCgroupRules: ['c'] },
  gpus: { DeviceRequests: [{}] },
  storage_opt: { StorageOpt: { size: '1g' } },
}

const isRefused = (members: Record<string, unknown>): boolean => {
  try {
    refuseUnsupported({ SecurityOpt: [], ...members } as unknown as HostConfig, 'vm')
    return false
  } catch {
    return true
  }
}

test('what the engine refuses by a member is refused before by its key', () => {
  const refused = rules.filter(({ severity }) => severity === 'error').map(({ key }) => key as string)
  for (const [key, members] of Object.entries(samples)) {
    expect(isRefused(members), key).toBe(true)
    expect(refused, key).toContain(key)
  }
})

test('a hint never reaches the engine, so nothing that it refuses is only warned about', () => {
  for (const { key, severity, members } of rules)
    if (severity === 'warning') expect(members?.length, String(key)).toBeGreaterThan(0)
})
