import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { type Clock, systemClock } from '@container-compose/core'
import type { Switch } from '../../switch/switch.ts'
import type {
  Bundle,
  ContainerFiles,
  ExitStatus,
  LogPosition,
  LogRange,
  LogRecord,
  RunningContainer,
  Runtime,
  RuntimeDescription,
} from '../runtime.ts'
import { adoptContainer } from './container/adopt.ts'
import { endLeftover } from './container/leftover.ts'
import { mountsFile, stopMountServers } from './container/mount-servers.ts'
import type { RunningVm } from './container/running-vm.ts'
import { type StartTools, startContainer } from './container/start.ts'
import { overlayPath } from './disk/overlay.ts'
import { containerFiles } from './files/container-files.ts'
import { Helpers } from './files/helpers.ts'
import { LogPositions, readContainerLog } from './log/container-log.ts'
import { logFolder } from './log/log-files.ts'
import { removeCgroups } from './machine/host-cgroup.ts'
import { findMachine } from './machine/process.ts'
import { machineFiles } from './machine/restore.ts'
import { portNames } from './mounts/mount-ports.ts'
import { usualShape } from './shape.ts'
import { type SpareMode, Spares } from './spare/spares.ts'
import { hostCpus } from './template/recipe.ts'
import { Templates } from './template/templates.ts'

export interface VmRuntimeOptions {
  /** Shared with other engines: templates and verdicts are below it, keyed by content. */
  readonly cacheDir: string
  /** Where this runtime keeps what does not belong to one container (sockets of a template in the making …). Short, it exists. */
  readonly runDir: string
  readonly switch: Pick<Switch, 'openTap' | 'plugTap'>
  /** QEMU's program; default `qemu-system-x86_64` from the usual places. */
  readonly qemu?: string
  /** `auto` (default): KVM where a boot proves that it works, else emulation. */
  readonly acceleration?: 'auto' | 'kvm' | 'tcg'
  readonly clock?: Clock
  /** Whether a machine is kept ready; default `off`. */
  readonly warmSpare?: SpareMode
  /** Told of what went wrong and kept nothing from running. */
  readonly onWarning?: (error: unknown) => void
}

/** Runs each container in a QEMU virtual machine of its own. */
export const createVmRuntime = (options: VmRuntimeOptions): Runtime & SpareState => new VmRuntime(options)

export interface SpareState {
  /** A machine waits for the next start. */
  readonly hasSpare: boolean
}

interface Live {
  readonly run: number
  readonly vm: RunningVm
}

class VmRuntime implements Runtime, SpareState {
  readonly name = 'vm'
  readonly #templates: Templates
  readonly #tools: StartTools
  readonly #helpers: Helpers
  /** By container folder. */
  readonly #live = new Map<string, Live>()
  readonly #positions = new LogPositions()

  constructor(options: VmRuntimeOptions) {
    this.#templates = new Templates({ ...options, acceleration: options.acceleration ?? 'auto' })
    const { runDir, clock = systemClock, warmSpare: mode = 'off', onWarning: onFault = () => {} } = options
    const templates = this.#templates
    const spares = new Spares({ mode, templates, runDir, clock, onFault })
    this.#tools = { templates, spares, clock, onFault, switch: options.switch }
    this.#helpers = new Helpers(this.#tools)
  }

  async describe(): Promise<RuntimeDescription> {
    const { qemu } = await this.#templates.recipe()
    return {
      name: 'vm',
      version: `QEMU ${qemu.version}`,
      ...(await this.#templates.verdict(usualShape(hostCpus()))),
    }
  }

  async prepare(): Promise<void> {
    const template = await this.#templates.get(usualShape(hostCpus()))
    await template.memory()
    this.#tools.spares.expect()
  }

  get hasSpare(): boolean {
    return this.#tools.spares.isReady
  }

  async close(): Promise<void> {
    await this.#tools.spares.close()
  }

  async start(
    bundle: Bundle,
    run: number,
    connected: Promise<unknown> = Promise.resolve(),
  ): Promise<RunningContainer> {
    await this.#helpers.end(bundle.dir)
    return this.#keep(bundle.dir, run, await startContainer(this.#tools, bundle, run, connected))
  }

  async adopt(bundle: Bundle, run: number): Promise<RunningContainer | ExitStatus> {
    const adopted = await adoptContainer(bundle, run, this.#tools)
    return 'exited' in adopted ? this.#keep(bundle.dir, run, adopted) : adopted
  }

  async settle({ id, runDir }: Pick<Bundle, 'id' | 'runDir'>): Promise<void> {
    await endLeftover(runDir)
    await stopMountServers(runDir)
    await removeCgroups(id)
  }

  async remove({ id, dir, runDir }: Pick<Bundle, 'id' | 'dir' | 'runDir'>): Promise<void> {
    await this.#helpers.end(dir)
    const machine = await findMachine(runDir)
    await machine?.process.kill()
    await stopMountServers(runDir)
    await removeCgroups(id)
    this.#positions.forget(dir)
    await Promise.all(
      [overlayPath(dir), logFolder(dir), ...runFiles.map((name) => join(runDir, name))].map((path) =>
        rm(path, { recursive: true, force: true }),
      ),
    )
  }

  readLog({ dir }: Pick<Bundle, 'dir'>, range: LogRange): AsyncIterable<LogRecord> {
    return readContainerLog(dir, range, (run) => {
      const live = this.#live.get(dir)
      return live?.run === run ? live.vm.exited : undefined
    })
  }

  logPosition({ dir }: Pick<Bundle, 'dir'>): Promise<LogPosition> {
    return this.#positions.of(dir)
  }

  files(bundle: Bundle): ContainerFiles {
    return containerFiles(bundle, () => this.#live.get(bundle.dir)?.vm, this.#helpers)
  }

  #keep(dir: string, run: number, vm: RunningVm): RunningVm {
    this.#live.set(dir, { run, vm })
    void vm.exited.then(() => {
      if (this.#live.get(dir)?.vm === vm) this.#live.delete(dir)
    })
    return vm
  }
}

/** What a machine leaves in a container's runtime folder. */
const runFiles = [
  ...machineFiles,
  mountsFile,
  ...portNames.flatMap((port) => [`mounts-${port}.pid`, `mounts-${port}.log`]),
]
