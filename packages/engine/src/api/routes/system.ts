import { readFileSync } from 'node:fs'
import { arch, cpus, hostname, release, totalmem } from 'node:os'
import { rfc3339 } from '../../containers/time.ts'
import { productVersion } from '../../daemon/build-id.ts'
import { sendJson } from '../answer.ts'
import type { EngineContext } from '../engine-context.ts'
import type { Route } from '../router.ts'
import { apiVersion, minApiVersion } from '../version.ts'

/** Docker's names of architectures. */
const goArch: Readonly<Record<string, string>> = { x64: 'amd64', arm64: 'arm64', ia32: '386', arm: 'arm' }

/** What the machine and the engine are. */
export const systemRoutes = (engine: EngineContext): Route[] => [
  { method: 'GET', path: '/_ping', early: true, handler: ({ response }) => void ping(response).end('OK') },
  { method: 'HEAD', path: '/_ping', early: true, handler: ({ response }) => void ping(response).end() },
  {
    method: 'GET',
    path: '/version',
    early: true,
    handler: (call) => {
      const details = {
        ApiVersion: apiVersion,
        Arch: goArch[arch()] ?? arch(),
        BuildTime: '',
        Experimental: 'false',
        GitCommit: engine.build,
        GoVersion: `node ${process.version}`,
        KernelVersion: release(),
        MinAPIVersion: minApiVersion,
        Os: 'linux',
      }
      sendJson(call, 200, {
        Platform: { Name: 'container-compose' },
        Components: [{ Name: 'Engine', Version: productVersion, Details: details }],
        Version: productVersion,
        ApiVersion: details.ApiVersion,
        MinAPIVersion: details.MinAPIVersion,
        GitCommit: details.GitCommit,
        GoVersion: details.GoVersion,
        Os: details.Os,
        Arch: details.Arch,
        KernelVersion: details.KernelVersion,
        BuildTime: details.BuildTime,
      })
    },
  },
  { method: 'GET', path: '/info', handler: async (call) => sendJson(call, 200, await info(engine)) },
]

const ping = (response: import('node:http').ServerResponse) =>
  response.writeHead(200, {
    'Content-Type': 'text/plain; charset=utf-8',
    // The classic one: clients choose their own by it.
    'Builder-Version': '1',
    'Cache-Control': 'no-cache, no-store, must-revalidate',
    Pragma: 'no-cache',
  })

const info = async (engine: EngineContext) => {
  const containers = engine.containers.all()
  const count = (...statuses: string[]) =>
    containers.filter(({ state }) => statuses.includes(state.status)).length
  const { runtimes } = engine
  return {
    ID: engine.root.data,
    Containers: containers.length,
    ContainersRunning: count('running', 'restarting'),
    ContainersPaused: count('paused'),
    ContainersStopped: containers.length - count('running', 'restarting', 'paused'),
    Images: (await engine.images.list()).length,
    Driver: runtimes.default.name,
    DriverStatus: [['Runtime', runtimes.reason]],
    Plugins: { Volume: ['local'], Network: ['bridge'], Authorization: null, Log: ['json-file'] },
    MemoryLimit: true,
    SwapLimit: true,
    CpuCfsPeriod: true,
    CpuCfsQuota: true,
    CPUShares: true,
    CPUSet: true,
    PidsLimit: true,
    IPv4Forwarding: true,
    Debug: false,
    NFd: 0,
    OomKillDisable: false,
    NGoroutines: 0,
    SystemTime: rfc3339(engine.clock.now()),
    LoggingDriver: 'json-file',
    CgroupDriver: 'none',
    CgroupVersion: '2',
    NEventsListener: 0,
    KernelVersion: release(),
    OperatingSystem: osName(),
    OSVersion: '',
    OSType: 'linux',
    Architecture: arch() === 'x64' ? 'x86_64' : arch() === 'arm64' ? 'aarch64' : arch(),
    IndexServerAddress: 'https://index.docker.io/v1/',
    RegistryConfig: { InsecureRegistryCIDRs: [], IndexConfigs: {}, Mirrors: [] },
    NCPU: cpus().length,
    MemTotal: totalmem(),
    GenericResources: null,
    DockerRootDir: engine.root.data,
    HttpProxy: '',
    HttpsProxy: '',
    NoProxy: '',
    Name: hostname(),
    Labels: [],
    ExperimentalBuild: false,
    ServerVersion: productVersion,
    Runtimes: Object.fromEntries(runtimes.names().map((name) => [name, { path: name }])),
    DefaultRuntime: runtimes.default.name,
    Swarm: {
      NodeID: '',
      NodeAddr: '',
      LocalNodeState: 'inactive',
      ControlAvailable: false,
      Error: '',
      RemoteManagers: null,
    },
    LiveRestoreEnabled: true,
    Isolation: '',
    InitBinary: '',
    ContainerdCommit: { ID: '' },
    RuncCommit: { ID: '' },
    InitCommit: { ID: '' },
    SecurityOptions: [],
    Warnings: null,
  }
}

const osName = (): string => {
  try {
    return /^PRETTY_NAME="?([^"\n]*)/m.exec(readFileSync('/etc/os-release', 'utf8'))?.[1] ?? 'Linux'
  } catch {
    return 'Linux'
  }
}
