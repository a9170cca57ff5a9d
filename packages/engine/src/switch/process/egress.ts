import { readFileSync, rmSync } from 'node:fs'
import { type Clock, isSystemError, messageOf, systemClock } from '@container-compose/core'
import { changeLinks, pidfdWait } from '@container-compose/native'
import { execa } from 'execa'
import type { SwitchPaths } from '../paths.ts'
import { egressLink } from './ruleset.ts'

/**
 * The way out: pasta, which turns what leaves the namespace by its link into sockets of the host. It is a process of its own that
 * outlives the switch process; a new one takes it over, and starts it again when it dies.
 */
export class Egress {
  readonly #paths: SwitchPaths
  readonly #log: (message: string) => void
  #lastSaid = ''
  readonly #clock: Clock
  #stop: AbortController | undefined
  #attempted: Promise<void> = Promise.resolve()

  constructor(paths: SwitchPaths, log: (message: string) => void, clock: Clock = systemClock) {
    this.#paths = paths
    this.#log = log
    this.#clock = clock
  }

  /** Starts it unless it is wanted already. Resolves when it is up, or the first try failed: it is tried on. */
  start(): Promise<void> {
    if (this.#stop === undefined) {
      this.#stop = new AbortController()
      this.#attempted = this.#keepUp(this.#stop.signal)
    }
    return this.#attempted
  }

  async stop(): Promise<void> {
    this.#stop?.abort()
    this.#stop = undefined
    await stopEgress(this.#paths)
  }

  /** A host without a network is tried again and again, and says so once. */
  #say(message: string): void {
    if (message !== this.#lastSaid) this.#log(message)
    this.#lastSaid = message
  }

  #keepUp(signal: AbortSignal): Promise<void> {
    return new Promise((attempted) => {
      const run = async (): Promise<void> => {
        for (let delayMs = 100; !signal.aborted; delayMs = Math.min(delayMs * 2, 30_000)) {
          try {
            const pid = runningEgress(this.#paths) ?? (await startEgress(this.#paths))
            attempted()
            delayMs = 100
            await pidfdWait(pid, { signal })
            this.#say('egress ended, starting it again')
          } catch (error) {
            attempted()
            if (signal.aborted) return
            this.#say(`no egress: ${messageOf(error)}`)
          }
          await this.#clock.sleep(delayMs, signal).catch(() => {})
        }
      }
      void run()
    })
  }
}

/** Ends the pasta of this switch, whoever started it, and takes its link away. Idempotent. */
export const stopEgress = async (paths: SwitchPaths): Promise<void> => {
  const pid = runningEgress(paths)
  if (pid !== undefined) {
    process.kill(pid, 'SIGTERM')
    await pidfdWait(pid)
  }
  rmSync(paths.egressPid, { force: true })
}

/** The pasta of this switch, known by the path of the namespace among its arguments: a pid alone may be anybody's. */
const runningEgress = (paths: SwitchPaths): number | undefined => {
  try {
    const pid = Number(readFileSync(paths.egressPid, 'latin1'))
    const isOurs = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').includes(paths.netns)
    return isOurs ? pid : undefined
  } catch (error) {
    if (isSystemError(error, 'ENOENT') || isSystemError(error, 'ESRCH')) return undefined
    throw error
  }
}

const startEgress = async (paths: SwitchPaths): Promise<number> => {
  await removeLink(paths.netns)
  // It goes into the background when it is ready. As root it would become nobody, who may not enter the namespace.
  await execa('pasta', [
    ...['--runas', '0', '--quiet', '--pid', paths.egressPid, '--netns', paths.netns, '-I', egressLink],
    ...['--config-net', '-a', '169.254.77.2', '-n', '30', '-g', '169.254.77.1', '-4'],
    // With a map of the gateway its address would be the host's loopback.
    ...['--no-map-gw', '-t', 'none', '-u', 'none', '-T', 'none', '-U', 'none'],
  ])
  const pid = runningEgress(paths)
  if (pid === undefined) throw new Error('pasta ended at once')
  // A flow stalls for good when the tap drops one of its packets, so the queue must be longer than any burst.
  await changeLinks(paths.netns, [{ kind: 'link.set', name: egressLink, txQueueLength: 20_000 }])
  return pid
}

/** Of a pasta that ended without its link, or that nobody has recorded: it ends with the link. */
const removeLink = async (netns: string): Promise<void> => {
  try {
    await changeLinks(netns, [{ kind: 'link.delete', name: egressLink }])
  } catch (error) {
    if (!isSystemError(error, 'ENODEV')) throw error
  }
}
