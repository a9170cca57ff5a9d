import { readFileSync } from 'node:fs'
import { mkdir, readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { isSystemError } from '@container-compose/core'
import { changeLinks, createNetns, pidfdWait, removeNetns, socketInNetns } from '@container-compose/native'
import { buildZone, createResolver, type DnsServer, parseUpstream, serveDns } from '@container-compose/net'
import { execa } from 'execa'
import type { Log } from '../daemon/log.ts'
import { hostUpstreams } from '../switch/host-upstreams.ts'

/** The network that the steps of one build have. */
export interface BuildNetwork {
  /** Path of a namespace; `none`: one with nothing in it; undefined: the engine's own. */
  readonly namespace: string | undefined
  readonly nameserver?: string
  /** It should have a way out, and has none. */
  readonly isCutOff: boolean
  close(): Promise<void>
}

export interface BuildNetworkOptions {
  /** A directory of this build alone. */
  readonly folder: string
  readonly egress: 'pasta' | 'none'
  /** `host[:port]` of resolvers; empty: those of the host. */
  readonly upstream: readonly string[]
  readonly log: Log
}

/** Where Docker's containers find their resolver. */
const nameserver = '127.0.0.11'

/**
 * A network namespace with a way out and a resolver, as containers of the default network have them: it reaches what the host
 * reaches, but neither the host's loopback nor any container. Without egress on this machine it has its loopback alone.
 */
export const openBuildNetwork = async (options: BuildNetworkOptions): Promise<BuildNetwork> => {
  const { folder, egress, upstream, log } = options
  const namespace = join(folder, 'netns')
  const pidFile = join(folder, 'pasta.pid')
  await mkdir(folder, { recursive: true, mode: 0o700 })
  await createNetns(namespace)
  let server: DnsServer | undefined
  const close = async (): Promise<void> => {
    await server?.close()
    await removeBuildNetwork(folder)
  }
  try {
    await changeLinks(namespace, [{ kind: 'link.set', name: 'lo', isUp: true }])
    server = await serveNames(namespace, upstream, log)
    const isCutOff = egress === 'pasta' && !(await startPasta(namespace, pidFile, log))
    return { namespace, nameserver, isCutOff, close }
  } catch (error) {
    await close()
    throw error
  }
}

/** What builds of an engine that was killed have left. */
export const sweepBuildNetworks = async (folder: string): Promise<void> => {
  for (const name of await readdir(folder).catch(() => [])) await removeBuildNetwork(join(folder, name))
}

const removeBuildNetwork = async (folder: string): Promise<void> => {
  const namespace = join(folder, 'netns')
  const pid = pastaOf(namespace, join(folder, 'pasta.pid'))
  if (pid !== undefined) {
    process.kill(pid, 'SIGTERM')
    await pidfdWait(pid)
  }
  await removeNetns(namespace)
  await rm(folder, { recursive: true, force: true })
}

const serveNames = async (netns: string, upstream: readonly string[], log: Log): Promise<DnsServer> => {
  const network = { id: 'build', name: 'build', internal: false, subnets: [{ cidr: '127.0.0.0/8' }] }
  const asker = { containerId: 'build', networkId: 'build', ipv4: '127.0.0.1', names: [], running: true }
  const view = buildZone([network], [asker]).viewOf('build', '127.0.0.1')
  const given = upstream.map(parseUpstream)
  return serveDns({
    udpFd: await socketInNetns(netns, { type: 'datagram', address: nameserver, port: 53 }),
    tcpFd: await socketInNetns(netns, { type: 'stream', address: nameserver, port: 53 }),
    family: 4,
    networkId: 'build',
    resolve: createResolver({
      zone: () => ({ viewOf: () => view }),
      upstreams: () => (given.length > 0 ? given : hostUpstreams()),
      onError: (error) => log.warn({ err: error }, 'a question of a build could not be answered'),
    }),
  })
}

/** Whether it runs. It ends with the namespace's file, should nobody end it. */
const startPasta = async (netns: string, pidFile: string, log: Log): Promise<boolean> => {
  const { failed, stderr } = await execa(
    'pasta',
    [
      ...['--runas', '0', '--quiet', '--pid', pidFile, '--netns', netns, '-I', 'up0'],
      ...['--config-net', '-a', '169.254.77.2', '-n', '30', '-g', '169.254.77.1', '-4'],
      ...['--no-map-gw', '-t', 'none', '-u', 'none', '-T', 'none', '-U', 'none'],
    ],
    { reject: false, stdin: 'ignore' },
  )
  if (failed) {
    log.warn({ stderr }, 'a build has no way out')
    return false
  }
  // A flow stalls for good when the tap drops one of its packets, so the queue must be longer than any burst.
  await changeLinks(netns, [{ kind: 'link.set', name: 'up0', txQueueLength: 20_000 }])
  return true
}

/** The pasta of this namespace, known by the path among its arguments: a pid alone may be anybody's. */
const pastaOf = (netns: string, pidFile: string): number | undefined => {
  try {
    const pid = Number(readFileSync(pidFile, 'latin1'))
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').includes(netns) ? pid : undefined
  } catch (error) {
    if (isSystemError(error, 'ENOENT') || isSystemError(error, 'ESRCH')) return undefined
    throw error
  }
}
