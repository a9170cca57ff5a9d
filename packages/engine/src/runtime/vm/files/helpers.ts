import { open } from 'node:fs/promises'
import { connect } from 'node:net'
import { join } from 'node:path'
import { AgentClient } from '@container-compose/guest'
import type { Bundle } from '../../runtime.ts'
import { helperSetup, thisMoment } from '../container/guest-setup.ts'
import { ensureMountServers, stopMountServers } from '../container/mount-servers.ts'
import type { StartTools } from '../container/start.ts'
import { openDataDisks } from '../disk/data-disks.ts'
import { openOverlay } from '../disk/overlay.ts'
import { Held } from '../machine/held.ts'
import { takeLock } from '../machine/lock.ts'
import { MachineProcess } from '../machine/process.ts'
import { restore, sockets } from '../machine/restore.ts'
import { userIdOf } from '../machine/user-id.ts'
import { usualShape } from '../shape.ts'
import { hostCpus } from '../template/recipe.ts'

/** A machine with a container's disk and mounts, without network or a process of the container. */
interface Helper {
  readonly agent: AgentClient
  readonly process: MachineProcess
  readonly runDir: string
}

interface Used {
  readonly helper: Promise<Helper>
  uses: number
  idle: NodeJS.Timeout | undefined
}

/** Long enough for `docker cp`, which asks for a file before it sends one. */
const idleMs = 1500
const agentDeadlineMs = 300_000
const powerOffMs = 15_000

/**
 * Helpers for the files of containers that don't run: the host's kernel never mounts a file system that a guest wrote. A helper
 * stays for a moment after its last use.
 */
export class Helpers {
  readonly #tools: StartTools
  readonly #used = new Map<string, Used>()
  readonly #ending = new Map<string, Promise<void>>()

  constructor(tools: StartTools) {
    this.#tools = tools
  }

  async use<T>(bundle: Bundle, work: (agent: AgentClient) => Promise<T>): Promise<T> {
    await this.#ending.get(bundle.dir)
    const used = this.#used.get(bundle.dir) ?? {
      helper: startHelper(this.#tools, bundle),
      uses: 0,
      idle: undefined,
    }
    this.#used.set(bundle.dir, used)
    clearTimeout(used.idle)
    used.uses += 1
    try {
      return await work((await used.helper).agent)
    } finally {
      this.#release(bundle.dir, used)
    }
  }

  /** For work that goes on after `use` has resolved: the helper stays until `done` is called. */
  hold(dir: string): () => void {
    const used = this.#used.get(dir)
    if (used === undefined) return () => {}
    used.uses += 1
    let isHeld = true
    return () => {
      if (isHeld) this.#release(dir, used)
      isHeld = false
    }
  }

  #release(dir: string, used: Used): void {
    used.uses -= 1
    if (used.uses > 0) return
    used.idle = setTimeout(() => void this.end(dir), idleMs)
  }

  /** Writes back and ends the helper of a container, if there is one. Before it starts, or is removed. */
  end(dir: string): Promise<void> {
    const used = this.#used.get(dir)
    if (used === undefined) return this.#ending.get(dir) ?? Promise.resolve()
    this.#used.delete(dir)
    clearTimeout(used.idle)
    const ending = used.helper.then(powerOff, () => {}).finally(() => this.#ending.delete(dir))
    this.#ending.set(dir, ending)
    return ending
  }
}

const startHelper = async (tools: StartTools, bundle: Bundle): Promise<Helper> => {
  const template = await tools.templates.get(usualShape(hostCpus()))
  const held = new Held()
  try {
    const base = held.file(await open(bundle.image.ext4Base, 'r'))
    const { machine, loaded } = await restore({
      template,
      dir: bundle.runDir,
      uid: userIdOf(bundle.id),
      cgroups: [],
      lock: held.fd(await takeLock(bundle.runDir)),
      disk: {
        overlay: held.file(await openOverlay(bundle.dir, base)),
        base,
      },
      dataDisks: await openDataDisks(bundle.diskMounts, held),
      log: held.file(await open('/dev/null', 'a')),
      taps: [],
    })
    const process = new MachineProcess(machine.pid)
    try {
      const qmp = await loaded()
      const [agent] = await Promise.all([
        prepare(tools, bundle),
        ensureMountServers(bundle),
        qmp.execute('cont'),
      ])
      qmp.close()
      return { agent, process, runDir: bundle.runDir }
    } catch (error) {
      await process.kill()
      await stopMountServers(bundle.runDir)
      throw error
    }
  } finally {
    await held.close()
  }
}

const prepare = async ({ clock }: StartTools, bundle: Bundle): Promise<AgentClient> => {
  const agent = await AgentClient.connect(connect(join(bundle.runDir, sockets.agent)), {
    takeOver: false,
    signal: AbortSignal.timeout(agentDeadlineMs),
  })
  await agent.setup(helperSetup(bundle, thisMoment(clock.now())))
  return agent
}

const powerOff = async ({ agent, process, runDir }: Helper): Promise<void> => {
  agent.shutdown()
  const timer = setTimeout(() => void process.kill(), powerOffMs)
  await process.ended
  clearTimeout(timer)
  agent.close()
  // The container's own machine is not to take them for its servers.
  await stopMountServers(runDir)
}
