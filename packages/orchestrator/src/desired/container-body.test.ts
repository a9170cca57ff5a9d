import type { Project, Service } from '@container-compose/compose'
import { expect, test } from 'vitest'
import { desireOf, projectOf } from '../reconcile/states.ts'

const bodyOf = (service: Partial<Service>, rest: Partial<Project> = {}) => {
  const [web] = desireOf(projectOf({ web: service }, rest)).services
  const body = web?.body({ name: 'demo-web-1', number: 1, image: { Id: 'sha256:1' } })
  if (body === undefined) throw new Error('no body')
  return body
}
const host = (service: Partial<Service>, rest: Partial<Project> = {}) => bodyOf(service, rest).HostConfig

test('the least service: image, labels, one network with its aliases', () => {
  const { Labels, ...body } = bodyOf({})
  expect(body).toEqual({
    AttachStdout: true,
    AttachStderr: true,
    Image: 'img',
    HostConfig: { NetworkMode: 'demo_default', RestartPolicy: { Name: '', MaximumRetryCount: 0 } },
    NetworkingConfig: { EndpointsConfig: { demo_default: { Aliases: ['demo-web-1', 'web'] } } },
  })
  expect(Labels).toEqual({
    'com.docker.compose.project': 'demo',
    'com.docker.compose.version': '2.40.3',
    'com.docker.compose.project.working_dir': '/home/u/demo',
    'com.docker.compose.project.config_files': '/home/u/demo/compose.yaml',
    'com.docker.compose.config-hash': expect.stringMatching(/^[0-9a-f]{64}$/),
    'com.docker.compose.service': 'web',
    'com.docker.compose.container-number': '1',
    'com.docker.compose.oneoff': 'False',
    'com.docker.compose.image': 'sha256:1',
    'com.docker.compose.depends_on': '',
  })
})

test('environment is sorted, null asks for the removal of a variable', () => {
  expect(bodyOf({ environment: { B: '2', A: '1', GONE: null } })['Env']).toEqual(['A=1', 'B=2', 'GONE'])
})

test('durations are nanoseconds, the grace period whole seconds', () => {
  const body = bodyOf({
    stop_grace_period: '1m30s',
    healthcheck: {
      test: ['CMD', 'true'],
      interval: '1s',
      timeout: '2s',
      start_interval: '250ms',
      retries: 3,
    },
  })
  expect(body['StopTimeout']).toBe(90)
  expect(body['Healthcheck']).toEqual({
    Test: ['CMD', 'true'],
    Interval: 1_000_000_000,
    Timeout: 2_000_000_000,
    StartInterval: 250_000_000,
    Retries: 3,
  })
})

test('a disabled healthcheck is NONE', () => {
  expect(bodyOf({ healthcheck: { disable: true } })['Healthcheck']).toEqual({ Test: ['NONE'] })
})

test('ports: bindings by target and protocol, ranges left to the engine, expose as it was written', () => {
  const body = bodyOf({
    expose: ['99'],
    ports: [
      { target: 80, published: '8081', host_ip: '127.0.0.1', protocol: 'tcp' },
      { target: 80, published: '8101-8102', protocol: 'tcp' },
      { target: 53, protocol: 'udp' },
    ],
  })
  expect(body['ExposedPorts']).toEqual({ '99': {}, '80/tcp': {}, '53/udp': {} })
  expect(body.HostConfig['PortBindings']).toEqual({
    '80/tcp': [
      { HostIp: '127.0.0.1', HostPort: '8081' },
      { HostIp: '', HostPort: '8101-8102' },
    ],
    '53/udp': [{ HostIp: '', HostPort: '' }],
  })
})

test('named volumes and binds are Binds; what Binds cannot say is Mounts', () => {
  const hostConfig = host(
    {
      volumes: [
        { type: 'volume', source: 'data', target: '/data' },
        { type: 'bind', source: '/src', target: '/src', read_only: true, bind: { create_host_path: true } },
        { type: 'bind', source: '/strict', target: '/strict', bind: {} },
        { type: 'volume', source: 'data', target: '/v2', volume: { nocopy: true } },
        { type: 'volume', target: '/anon' },
        { type: 'tmpfs', target: '/t', tmpfs: { size: '1048576', mode: 0o700 } },
      ],
      tmpfs: ['/t1', '/t2:size=1m'],
    },
    { volumes: { data: { name: 'demo_data' } } },
  )
  expect(hostConfig['Binds']).toEqual(['demo_data:/data:rw', '/src:/src:ro'])
  expect(hostConfig['Mounts']).toEqual([
    { Type: 'bind', Source: '/strict', Target: '/strict' },
    { Type: 'volume', Source: 'demo_data', Target: '/v2', VolumeOptions: { NoCopy: true } },
    { Type: 'volume', Target: '/anon' },
    { Type: 'tmpfs', Target: '/t', TmpfsOptions: { SizeBytes: 1_048_576, Mode: 0o700 } },
  ])
  expect(hostConfig['Tmpfs']).toEqual({ '/t1': '', '/t2': 'size=1m' })
})

test('secrets and configs that are files are mounted read-only', () => {
  const hostConfig = host(
    { secrets: [{ source: 's' }], configs: [{ source: 'c', target: '/etc/c.conf' }] },
    { secrets: { s: { file: '/h/s.txt' } }, configs: { c: { file: '/h/c.conf' } } },
  )
  expect(hostConfig['Mounts']).toEqual([
    { Type: 'bind', Source: '/h/s.txt', Target: '/run/secrets/s', ReadOnly: true, BindOptions: {} },
    { Type: 'bind', Source: '/h/c.conf', Target: '/etc/c.conf', ReadOnly: true, BindOptions: {} },
  ])
})

test('content of secrets and configs becomes files that are written into the container', () => {
  const project = projectOf(
    { web: { configs: [{ source: 'c' }], secrets: [{ source: 's', mode: '0400' }] } },
    {
      configs: { c: { content: 'hello' } },
      secrets: { s: { environment: 'TOKEN' } },
      environment: { TOKEN: 'x' },
    },
  )
  expect(desireOf(project).services[0]?.files).toEqual([
    { path: '/run/secrets/s', content: 'x', mode: 0o400, uid: 0, gid: 0 },
    { path: '/c', content: 'hello', mode: 0o444, uid: 0, gid: 0 },
  ])
})

test('the primary network has the highest priority, then the first name', () => {
  const networks = {
    b: { name: 'demo_b', ipam: {} },
    a: { name: 'demo_a', ipam: {} },
    c: { name: 'demo_c', ipam: {} },
  }
  expect(host({ networks: { b: null, a: null } }, { networks })['NetworkMode']).toBe('demo_a')
  expect(host({ networks: { a: null, c: { priority: 10 } } }, { networks })['NetworkMode']).toBe('demo_c')
})

test('addresses, aliases and MAC of an endpoint', () => {
  const service = {
    mac_address: '02:00:00:00:00:01',
    networks: { default: { aliases: ['svc'], ipv4_address: '10.0.0.5', gw_priority: 1 } },
  }
  expect(bodyOf(service).NetworkingConfig.EndpointsConfig).toEqual({
    demo_default: {
      Aliases: ['demo-web-1', 'web', 'svc'],
      IPAMConfig: { IPv4Address: '10.0.0.5' },
      MacAddress: '02:00:00:00:00:01',
      GwPriority: 1,
    },
  })
})

test('limits: deploy beats the older keys, cores are billionths', () => {
  expect(
    host({
      cpus: 2,
      mem_limit: '67108864',
      deploy: { resources: { limits: { cpus: 0.5, memory: '33554432', pids: 10 } }, placement: {} },
    }),
  ).toMatchObject({ NanoCpus: 500_000_000, Memory: 33_554_432, PidsLimit: 10 })
})

test.each([
  [{ restart: 'on-failure:3' }, { Name: 'on-failure', MaximumRetryCount: 3 }],
  [{ restart: 'unless-stopped' }, { Name: 'unless-stopped', MaximumRetryCount: 0 }],
  [
    { restart: 'no', deploy: { resources: {}, placement: {}, restart_policy: { condition: 'any' } } },
    { Name: 'always', MaximumRetryCount: 0 },
  ],
])('restart %j', (service, policy) => {
  expect(host(service)['RestartPolicy']).toEqual(policy)
})

test('a namespace of another service is its first container', () => {
  const project = projectOf({ web: { network_mode: 'service:db' }, db: {} })
  const web = desireOf(project).services.find(({ name }) => name === 'web')
  const body = web?.body({ name: 'demo-web-1', number: 1, image: undefined })
  expect(body?.HostConfig['NetworkMode']).toBe('container:demo-db-1')
  expect(web?.dependencies).toMatchObject([{ service: 'db', sharesNamespace: true }])
})

test('an empty entrypoint clears the one of the image', () => {
  expect(bodyOf({ entrypoint: [] })['Entrypoint']).toEqual([''])
})

test('networks and volumes carry the labels and options of the file', () => {
  const desired = desireOf(
    projectOf(
      { web: {} },
      {
        networks: {
          default: {
            name: 'demo_default',
            internal: true,
            labels: { mine: '1' },
            ipam: { config: [{ subnet: '10.9.0.0/24', ip_range: '10.9.0.128/25' }] },
          },
        },
        volumes: { data: { name: 'demo_data', driver_opts: { type: 'tmpfs' } } },
      },
    ),
  )
  expect(desired.networks[0]?.body).toMatchObject({
    Name: 'demo_default',
    Internal: true,
    IPAM: { Driver: '', Config: [{ Subnet: '10.9.0.0/24', IPRange: '10.9.0.128/25' }] },
    Labels: { mine: '1', 'com.docker.compose.network': 'default', 'com.docker.compose.project': 'demo' },
  })
  expect(desired.volumes[0]?.body).toMatchObject({
    Name: 'demo_data',
    DriverOpts: { type: 'tmpfs' },
    Labels: { 'com.docker.compose.volume': 'data' },
  })
})
