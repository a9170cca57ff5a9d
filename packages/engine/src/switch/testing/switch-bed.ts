/** A pretended host for tests of the switch: a network namespace with a link to a pretended outside, and the switch in it. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { artifactPath } from '@container-compose/core'
import { changeLinks, createNetns, removeNetns } from '@container-compose/native'
import { bridgeName, linkName, macOfLease, parseIp } from '@container-compose/net'
import { createSwitch } from '../create-switch.ts'
import { type SwitchPaths, switchPaths } from '../paths.ts'
import type { Switch, SwitchEndpoint, SwitchNetwork, SwitchState } from '../switch.ts'

export interface SwitchBed {
  /** Path of the pretended host's namespace. */
  readonly host: string
  readonly run: string
  readonly paths: SwitchPaths
  /** As a new engine would make it. */
  newSwitch(): Switch
  /** A pretended container: a namespace of its own at the end of a veth whose other end is a port of the bridge. */
  plugIn(endpoint: SwitchEndpoint, network: SwitchNetwork): Promise<Peer>
  /** Starts a program on the pretended host; it is ended with the bed. */
  onHost(command: string, ...args: string[]): ChildProcess
  /** Starts a program on the pretended internet, which has the address 198.51.100.1. */
  outside(command: string, ...args: string[]): ChildProcess
  /** What a TCP client on the pretended host gets back for a text; its error's code when it fails. */
  ask(address: string, port: number, text?: string): string
  close(): Promise<void>
}

export interface Peer {
  readonly netns: string
  /** Runs a program to its end inside and gives what it said. Throws with its status. */
  run(command: string, ...args: string[]): string
  start(command: string, ...args: string[]): ChildProcess
  /** Starts a TCP server on port 7 that sends back what it gets, and resolves when it listens. */
  echo(): Promise<void>
}

/** For the hooks that open and close a bed, on a machine with better things to do. */
export const bedTimeoutMs = 60_000

export const openSwitchBed = async (): Promise<SwitchBed> => {
  const dir = mkdtempSync(join(tmpdir(), 'switch-'))
  const host = join(dir, 'host')
  const run = join(dir, 'run')
  const paths = switchPaths(run)
  const children: ChildProcess[] = []
  const namespaces = [host]
  const switches: Switch[] = []
  mkdirSync(run)
  await createNetns(host)
  const inside = (netns: string, ...command: string[]): string =>
    execFileSync('nsenter', [`--net=${netns}`, ...command], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    })
  const start = (netns: string, ...command: string[]): ChildProcess => {
    const child = spawn('nsenter', [`--net=${netns}`, ...command], { stdio: ['ignore', 'pipe', 'pipe'] })
    children.push(child)
    return child
  }
  // The outside is the other end of this link: 198.51.100.1 has the default route, and whoever listens there is the internet.
  const outside = join(dir, 'outside')
  await createNetns(outside)
  namespaces.push(outside)
  await changeLinks(host, [{ kind: 'link.set', name: 'lo', isUp: true }])
  inside(host, 'ip', 'link', 'add', 'eth0', 'type', 'veth', 'peer', 'name', 'eth1')
  const holder = start(outside, 'sleep', '1000000')
  inside(host, 'ip', 'link', 'set', 'eth1', 'netns', String(holder.pid))
  inside(host, 'ip', 'addr', 'add', '198.51.100.2/24', 'dev', 'eth0')
  inside(host, 'ip', 'link', 'set', 'eth0', 'up')
  inside(host, 'ip', 'route', 'add', 'default', 'via', '198.51.100.1')
  inside(outside, 'ip', 'addr', 'add', '198.51.100.1/24', 'dev', 'eth1')
  inside(outside, 'ip', 'link', 'set', 'eth1', 'up')
  const program = await bundleSwitch(dir)
  return {
    host,
    run,
    paths,
    newSwitch: () => {
      const made = createSwitch({
        run,
        command: ['nsenter', `--net=${host}`, process.execPath, program, run],
        environment: { PATH: process.env['PATH'] },
      })
      switches.push(made)
      return made
    },
    plugIn: async (endpoint, network) => {
      const netns = join(dir, endpoint.link)
      await createNetns(netns)
      namespaces.push(netns)
      const peer = start(netns, 'sleep', '1000000')
      inside(paths.netns, 'ip', 'link', 'add', endpoint.link, 'type', 'veth', 'peer', 'name', 'peer')
      inside(paths.netns, 'ip', 'link', 'set', 'peer', 'netns', String(peer.pid), 'address', endpoint.mac)
      inside(paths.netns, 'ip', 'link', 'set', endpoint.link, 'master', endpoint.bridge, 'up')
      inside(netns, 'ip', 'link', 'set', 'lo', 'up')
      inside(netns, 'ip', 'link', 'set', 'peer', 'name', 'eth0', 'up')
      for (const { cidr, gateway } of network.subnets) {
        const address = gateway.includes(':') ? endpoint.ipv6 : endpoint.ipv4
        if (address === undefined) continue
        inside(netns, 'ip', 'addr', 'add', `${address}/${cidr.split('/')[1]}`, 'dev', 'eth0', 'nodad')
        inside(netns, 'ip', 'route', 'add', 'default', 'via', gateway)
      }
      return {
        netns,
        run: (...command) => inside(netns, ...command),
        start: (...command) => start(netns, ...command),
        echo: async () => {
          const server = `require('node:net').createServer({ allowHalfOpen: true }, (socket) => socket.on('error', () => {}).pipe(socket)).listen(7, () => console.log('listens'))`
          const { stdout } = start(netns, process.execPath, '-e', server)
          if (stdout) await once(stdout, 'data')
        },
      }
    },
    onHost: (...command) => start(host, ...command),
    outside: (...command) => start(outside, ...command),
    ask: (address, port, text = 'hello') => inside(host, ...tcpClient(address, port, text)),
    close: async () => {
      for (const made of switches) await made.destroy()
      for (const child of children) {
        if (child.exitCode !== null || child.signalCode !== null) continue
        child.kill('SIGKILL')
        await once(child, 'exit')
      }
      for (const netns of namespaces) await removeNetns(netns)
      rmSync(dir, { recursive: true, force: true })
    },
  }
}

/** A command that sends a text, and prints what comes back or the code of the error. It closes when it has an answer. */
export const tcpClient = (address: string, port: number, text = 'hello'): [string, ...string[]] => {
  const script = `
    const socket = require('node:net').connect({ host: '${address}', port: ${port} })
    socket.setTimeout(3000, () => socket.destroy(Object.assign(new Error(), { code: 'ETIMEDOUT' })))
    socket.on('error', ({ code }) => process.stdout.write(code)).on('close', () => process.exit())
    socket.on('data', (data) => { process.stdout.write(data); socket.end() }).write('${text}')`
  return [process.execPath, '-e', script]
}

/** The switch process runs from a bundle, as in the product. */
const bundleSwitch = async (dir: string): Promise<string> => {
  const { build } = await import('esbuild')
  const outfile = join(dir, 'switch.mjs')
  await build({
    stdin: {
      contents: `import { runSwitch } from './process/run-switch.ts'
        process.exit(await runSwitch({ run: process.argv[2], environment: process.env }))`,
      resolveDir: fileURLToPath(new URL('..', import.meta.url)),
      loader: 'ts',
    },
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    banner: { js: "import{createRequire as $r}from'node:module';const require=$r(import.meta.url);" },
  })
  symlinkSync(artifactPath('native.node'), join(dir, 'native.node'))
  return outfile
}

/** A network `10.77.<number>.0/24`, and `fd77:<number>::/64` where asked for. */
export const network = (
  number: number,
  { internal = false, ipv6 = false }: { readonly internal?: boolean; readonly ipv6?: boolean } = {},
): SwitchNetwork => {
  const id = number.toString(16).padStart(2, '0').repeat(32)
  return {
    id,
    name: `net${number}`,
    bridge: bridgeName(id),
    subnets: [
      { cidr: `10.77.${number}.0/24`, gateway: `10.77.${number}.1` },
      ...(ipv6 ? [{ cidr: `fd77:${number}::/64`, gateway: `fd77:${number}::1` }] : []),
    ],
    internal,
    mtu: 1500,
  }
}

/** A running container's endpoint with the host number `host` in the network. */
export const endpoint = (
  container: string,
  on: SwitchNetwork,
  host: number,
  change: Partial<SwitchEndpoint> = {},
): SwitchEndpoint => {
  const containerId = Buffer.from(container).toString('hex').padEnd(64, '0')
  const ipv4 = `${on.subnets[0]?.gateway.replace(/\.1$/, '')}.${host}`
  const address = parseIp(ipv4)
  if (address === undefined) throw new Error(ipv4)
  const ipv6 = on.subnets[1]?.gateway.replace(/::1$/, `::${host.toString(16)}`)
  return {
    containerId,
    networkId: on.id,
    link: linkName(containerId, on.id),
    bridge: on.bridge,
    mac: macOfLease(address),
    ipv4,
    ...(ipv6 === undefined ? {} : { ipv6 }),
    names: [container],
    running: true,
    ...change,
  }
}

export const stateOf = (state: Partial<SwitchState>): SwitchState => ({
  networks: [],
  endpoints: [],
  ports: [],
  dns: { upstream: [] },
  egress: 'none',
  ...state,
})
