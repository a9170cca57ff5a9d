import { randomUUID } from 'node:crypto'
import { existsSync } from 'node:fs'
import { isSystemError, systemClock } from '@container-compose/core'
import { changeLinks, openTap, pidfdWait, plugTap, type TapElsewhere } from '@container-compose/native'
import { makeFolder } from '../store/document.ts'
import { ControlConnection, controlProtocol, SwitchGone } from './control.ts'
import { type SwitchPaths, switchPaths } from './paths.ts'
import { removeSwitch } from './remove-switch.ts'
import { spawnSwitch } from './spawn-switch.ts'
import { writeState } from './state-document.ts'
import type { Switch, SwitchEndpoint, SwitchResult, SwitchState } from './switch.ts'

export interface SwitchOptions {
  /** The engine's runtime directory; the switch's files are in `switch` below it. */
  readonly run: string
  /** The program that becomes the switch process, `[process.execPath, <bundle>]`; `engine switch` is added. */
  readonly command: readonly string[]
  /** Of the switch process; it must name the same root. */
  readonly environment: Readonly<Record<string, string | undefined>>
  /** Told when the switch process could not be started again after it had died; it is tried on. */
  readonly onError?: (error: unknown) => void
}

/** The engine's side of the switch process, which is started when needed and started again whenever it dies. */
export const createSwitch = (options: SwitchOptions): Switch => new SwitchClient(options)

class SwitchClient implements Switch {
  readonly #options: SwitchOptions
  readonly #paths: SwitchPaths
  #connecting: Promise<ControlConnection> | undefined
  #isWanted = false
  #isDestroyed = false
  #state: SwitchState | undefined
  /** The end of the line of calls that must not overlap. */
  #line: Promise<unknown> = Promise.resolve()

  constructor(options: SwitchOptions) {
    this.#options = options
    this.#paths = switchPaths(options.run)
  }

  exists(): boolean {
    return existsSync(this.#paths.state)
  }

  async ensure(): Promise<void> {
    this.#isWanted = true
    await this.#connection()
  }

  apply(state: SwitchState): Promise<SwitchResult> {
    return this.#inLine(async () => {
      if (this.#isDestroyed) throw new Error('the switch has been removed')
      this.#state = state
      makeFolder(this.#paths.dir)
      const generation = randomUUID()
      writeState(this.#paths, { generation, state })
      this.#isWanted = true
      for (let attempt = 1; ; attempt++) {
        try {
          const { applied } = await (await this.#connection()).request({ method: 'apply', generation })
          if (applied === undefined) throw new Error('switch: no result')
          return applied
        } catch (error) {
          if (!(error instanceof SwitchGone) || attempt === 3) throw error
        }
      }
    })
  }

  openTap(endpoint: SwitchEndpoint): Promise<number> {
    return openTap(this.#paths.netns, endpoint.link, this.#tapOptions(endpoint))
  }

  plugTap(endpoint: SwitchEndpoint, tap: TapElsewhere): Promise<void> {
    return plugTap(tap, this.#paths.netns, endpoint.link, this.#tapOptions(endpoint))
  }

  #tapOptions({ bridge, networkId }: SwitchEndpoint): { readonly bridge: string; readonly mtu?: number } {
    const mtu = this.#state?.networks.find(({ id }) => id === networkId)?.mtu
    return { bridge, ...(mtu === undefined ? {} : { mtu }) }
  }

  async unplug(link: string): Promise<void> {
    try {
      await changeLinks(this.#paths.netns, [{ kind: 'link.delete', name: link }])
    } catch (error) {
      if (!isSystemError(error, 'ENODEV') && !isSystemError(error, 'ENOENT')) throw error
    }
  }

  destroy(): Promise<void> {
    // From now on, not from when its turn comes: what an ending container still reports must not bring the switch back.
    this.#isDestroyed = true
    return this.#inLine(async () => {
      this.#isWanted = false
      const connection = await (this.#connecting ?? ControlConnection.open(this.#paths.control)).catch(
        () => undefined,
      )
      this.#connecting = undefined
      if (connection) await stopProcess(connection)
      await removeSwitch(this.#paths)
    })
  }

  #inLine<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#line.then(work)
    this.#line = result.catch(() => {})
    return result
  }

  #connection(): Promise<ControlConnection> {
    if (this.#isDestroyed) return Promise.reject(new Error('the switch has been removed'))
    this.#connecting ??= this.#connect().catch((error) => {
      this.#connecting = undefined
      throw error
    })
    return this.#connecting
  }

  async #connect(): Promise<ControlConnection> {
    const deadline = systemClock.now() + 10_000
    makeFolder(this.#paths.dir)
    for (;;) {
      const connection = await ControlConnection.open(this.#paths.control).catch(() => undefined)
      const hello = await connection?.request({ method: 'hello' }).catch(() => undefined)
      if (connection && hello?.hello?.protocol === controlProtocol) return this.#watch(connection)
      if (connection && hello !== undefined) await stopProcess(connection)
      if (systemClock.now() > deadline) throw new Error(`switch: no answer on ${this.#paths.control}`)
      await spawnSwitch({ ...this.#options, paths: this.#paths })
      await systemClock.sleep(5)
    }
  }

  #watch(connection: ControlConnection): ControlConnection {
    void connection.closed.then(() => {
      this.#connecting = undefined
      if (this.#isWanted) void this.#revive()
    })
    return connection
  }

  async #revive(): Promise<void> {
    for (let delayMs = 50; this.#isWanted; delayMs = Math.min(delayMs * 2, 5_000)) {
      try {
        return void (await this.#connection())
      } catch (error) {
        this.#options.onError?.(error)
        await systemClock.sleep(delayMs)
      }
    }
  }
}

/** Tells the switch process to end and waits until it has. */
const stopProcess = async (connection: ControlConnection): Promise<void> => {
  const { hello } = await connection.request({ method: 'hello' }).catch(() => ({ hello: undefined }))
  const ended = hello ? pidfdWait(hello.pid) : Promise.resolve()
  await connection.request({ method: 'stop' }).catch(() => {})
  connection.close()
  await ended
}
