import { expect, test } from 'vitest'
import { parseCreateRequest } from './create-request.ts'
import { refuseUnsupported } from './unsupported.ts'

const refused = (hostConfig: object) => {
  try {
    refuseUnsupported(parseCreateRequest({ HostConfig: hostConfig }).hostConfig, 'vm')
  } catch (error) {
    return (error as { status?: number }).status
  }
}

test('what the docker client sends for a plain container is not refused', () => {
  expect(
    refused({
      Binds: null,
      BlkioDeviceReadBps: [],
      BlkioWeight: 0,
      CgroupParent: '',
      CgroupnsMode: '',
      DeviceRequests: null,
      Devices: [],
      IpcMode: '',
      LogConfig: { Type: '', Config: {} },
      MemorySwappiness: -1,
      NetworkMode: 'default',
      OomKillDisable: false,
      PidMode: '',
      SecurityOpt: null,
      StorageOpt: {},
      UsernsMode: '',
    }),
  ).toBeUndefined()
})

test.each([
  [{ Devices: [{ PathOnHost: '/dev/kvm' }] }],
  [{ NetworkMode: 'host' }],
  [{ NetworkMode: 'container:abc' }],
  [{ PidMode: 'host' }],
  [{ OomKillDisable: true }],
  [{ SecurityOpt: ['seccomp={"defaultAction":"SCMP_ACT_ALLOW"}'] }],
  [{ LogConfig: { Type: 'syslog' } }],
  [{ StorageOpt: { size: '1G' } }],
])('%j is refused', (hostConfig) => {
  expect(refused(hostConfig)).toBe(400)
})
