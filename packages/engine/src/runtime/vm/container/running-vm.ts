import { setTimeout as sleep } from 'node:timers/promises'
import type { AgentClient } from '@container-compose/guest'
import type { OciProcess } from '../../oci-spec.ts'
import type {
  ExecOptions,
  ExecSession,
  ExitStatus,
  MachineSize,
  ProcessEntry,
  ProcessRestart,
  RunningContainer,
  TerminalSize,
  Usage,
} from '../../runtime.ts'
import type { MachineProcess } from '../machine/process.ts'
import type { Qmp } from '../qemu/qmp.ts'
import { execInVm, startError } from './exec-in-vm.ts'

/** How long a guest may take to write its files back when its process has ended. */
const powerOffMs = 15_000

export interface RunningVmParts {
  readonly process: MachineProcess
  readonly agent: AgentClient
  readonly qmp: Qmp
  readonly acceleration: 'kvm' | 'tcg'
  readonly size: MachineSize
  readonly startedAt: number
  /** Asked once, when the machine is gone. */
  readonly howItEnded: () => Promise<ExitStatus>
}

/** A run of a container in its machine, over the agent's channel and QEMU's monitor. */
export class RunningVm implements RunningContainer, ProcessRestart {
  readonly pid: number
  readonly acceleration: 'kvm' | 'tcg'
  readonly size: MachineSize
  readonly startedAt: number
  readonly exited: Promise<ExitStatus>
  readonly agent: AgentClient
  readonly #process: MachineProcess
  readonly #qmp: Qmp

  constructor({ process, agent, qmp, acceleration, size, startedAt, howItEnded }: RunningVmParts) {
    this.pid = process.pid
    this.acceleration = acceleration
    this.size = size
    this.startedAt = startedAt
    this.agent = agent
    this.#process = process
    this.#qmp = qmp
    this.exited = process.ended.then(async () => {
      this.#close()
      return howItEnded()
    })
    // The log tells how the process ended; the channel only that the machine should be off soon.
    agent.exited.then(() => this.#endSoon()).catch(() => {})
  }

  async #endSoon(): Promise<void> {
    const timer = new AbortController()
    const late = sleep(powerOffMs, true, { signal: timer.signal, ref: false }).catch(() => false)
    const isLate = await Promise.race([late, this.#process.ended.then(() => false)])
    timer.abort()
    if (isLate) await this.#process.kill()
  }

  #close(): void {
    this.agent.close()
    this.#qmp.close()
  }

  kill(signal: number): Promise<void> {
    return this.agent.signal(signal)
  }

  async restartProcess(options: { readonly signal: number; readonly graceMs: number }): Promise<void> {
    try {
      await this.agent.restart(options)
    } catch (error) {
      throw startError(error)
    }
  }

  destroy(): Promise<void> {
    return this.#process.kill()
  }

  writeStdin(data: Buffer): Promise<void> {
    return this.agent.writeStdin(data)
  }

  async closeStdin(): Promise<void> {
    this.agent.closeStdin()
  }

  async resize(size: TerminalSize): Promise<void> {
    this.agent.resize(size)
  }

  exec(process: OciProcess, options: ExecOptions): Promise<ExecSession> {
    return execInVm(this.agent, process, options)
  }

  async usage(): Promise<Usage> {
    const usage = await this.agent.usage()
    return {
      cpuTotal: usage.cpuTotal,
      // As Docker counts: what the kernel would drop at once is not used.
      memoryBytes: Math.max(0, usage.memoryBytes - usage.inactiveFileBytes),
      memoryLimitBytes: usage.memoryLimitBytes,
      pids: usage.pids,
    }
  }

  processes(): Promise<readonly ProcessEntry[]> {
    return this.agent.processes()
  }

  async pause(): Promise<void> {
    await this.#qmp.execute('stop')
  }

  async resume(): Promise<void> {
    await this.#qmp.execute('cont')
  }

  async release(): Promise<void> {
    this.#process.release()
    this.#close()
  }
}
