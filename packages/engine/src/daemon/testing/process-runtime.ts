import { type ChildProcessByStdio, spawn } from 'node:child_process'
import { once } from 'node:events'
import { constants } from 'node:os'
import type { Readable, Writable } from 'node:stream'
import type { OciProcess } from '../../runtime/oci-spec.ts'
import {
  type Bundle,
  type ExecSession,
  type ExitStatus,
  FileNotFound,
  type LogRange,
  type LogRecord,
  type RunningContainer,
  type Runtime,
  StartError,
} from '../../runtime/runtime.ts'

/**
 * Runs containers as plain processes of the host, so that all of the engine above a runtime can be tested in milliseconds. No
 * file system, network or limits; the program runs with the host's files. An engine that is opened with the runtime of an earlier
 * one finds what runs.
 */
export class ProcessRuntime implements Runtime {
  readonly name = 'vm'
  readonly #logs = new Map<string, LogRecord[][]>()
  readonly #running = new Map<string, RunningContainer>()
  readonly #ended = new Map<string, ExitStatus>()
  #wake = deferredSignal()

  describe() {
    return Promise.resolve({ name: 'vm', version: 'processes', reason: 'this is a test' })
  }

  prepare(): Promise<void> {
    return Promise.resolve()
  }

  close(): Promise<void> {
    return Promise.resolve()
  }

  async start({ id, dir, spec, openStdin }: Bundle, run: number): Promise<RunningContainer> {
    const child = await spawnProcess(spec.process, openStdin)
    const runs = this.#logs.get(dir) ?? []
    this.#logs.set(dir, runs)
    const records: LogRecord[] = []
    runs[run - 1] = records
    for (const stream of ['stdout', 'stderr'] as const)
      child[stream].on('data', (data: Buffer) => {
        records.push({ stream, time: BigInt(Date.now()) * 1_000_000n, data })
        this.#notify()
      })
    const exited = once(child, 'close').then(([code, signal]): ExitStatus => {
      const status = {
        code: code ?? 128 + constants.signals[signal as NodeJS.Signals],
        oomKilled: false,
        finishedAt: Date.now(),
      }
      this.#running.delete(id)
      this.#ended.set(id, status)
      this.#notify()
      return status
    })
    const running = runningProcess(child, exited)
    this.#running.set(id, running)
    return running
  }

  adopt({ id }: Bundle): Promise<RunningContainer | ExitStatus> {
    const gone = { code: 137, oomKilled: false, finishedAt: Date.now(), error: 'it is gone' }
    return Promise.resolve(this.#running.get(id) ?? this.#ended.get(id) ?? gone)
  }

  settle(): Promise<void> {
    return Promise.resolve()
  }

  remove({ dir }: Pick<Bundle, 'dir'>): Promise<void> {
    this.#logs.delete(dir)
    return Promise.resolve()
  }

  async *readLog(
    { dir }: Pick<Bundle, 'dir'>,
    { follow, from, to, signal }: LogRange,
  ): AsyncGenerator<LogRecord> {
    const id = dir.slice(dir.lastIndexOf('/') + 1)
    for (let run = from?.run ?? 1; ; run++) {
      for (let index = from?.run === run ? from.offset : 0; ; index++) {
        if (to !== undefined && (run > to.run || (run === to.run && index >= to.offset))) return
        let record = this.#logs.get(dir)?.[run - 1]?.[index]
        while (record === undefined && follow && this.#running.has(id)) {
          await this.#wake.promise
          signal?.throwIfAborted()
          record = this.#logs.get(dir)?.[run - 1]?.[index]
        }
        if (record === undefined) break
        yield record
      }
      if (this.#logs.get(dir)?.[run] === undefined) return
    }
  }

  logPosition({ dir }: Pick<Bundle, 'dir'>) {
    const runs = this.#logs.get(dir) ?? [[]]
    return Promise.resolve({ run: runs.length, offset: runs.at(-1)?.length ?? 0 })
  }

  files() {
    const absent = () => Promise.reject(new FileNotFound('there are no files'))
    return { stat: absent, read: absent, write: absent }
  }

  #notify(): void {
    this.#wake.resolve()
    this.#wake = deferredSignal()
  }
}

type Child = ChildProcessByStdio<Writable, Readable, Readable>

const spawnProcess = async ({ args, env }: OciProcess, openStdin: boolean): Promise<Child> => {
  const [program = '', ...rest] = args
  const variables = env.map((variable) => variable.split(/=(.*)/s, 2))
  const child = spawn(program, rest, {
    detached: true,
    env: Object.fromEntries(variables),
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  // Input for a program that does not read is lost, as in a container.
  child.stdin.on('error', () => undefined)
  if (!openStdin) child.stdin.end()
  try {
    await once(child, 'spawn')
  } catch (cause) {
    throw new StartError(`exec: "${program}": executable file not found in $PATH`, 127, { cause })
  }
  return child
}

const writing = (child: Child) => ({
  writeStdin: (data: Buffer) => new Promise<void>((resolve) => child.stdin.write(data, () => resolve())),
  closeStdin: () => Promise.resolve(void child.stdin.end()),
  resize: () => Promise.resolve(),
  kill: (signal: number) => {
    process.kill(-(child.pid ?? 0), signal)
    return Promise.resolve()
  },
})

const runningProcess = (child: Child, exited: Promise<ExitStatus>): RunningContainer => {
  const { kill, ...input } = writing(child)
  return {
    ...input,
    kill,
    pid: child.pid ?? 0,
    startedAt: Date.now(),
    exited,
    destroy: () => kill(constants.signals.SIGKILL),
    exec: async (process, { openStdin }): Promise<ExecSession> => {
      const second = await spawnProcess(process, openStdin)
      return {
        ...writing(second),
        pid: second.pid ?? 0,
        stdout: second.stdout,
        stderr: second.stderr,
        exited: once(second, 'exit').then(([code]) => ({ code: code ?? 137 })),
      }
    },
    usage: () => Promise.resolve({ cpuTotal: 1n, memoryBytes: 2, memoryLimitBytes: 3, pids: 1 }),
    processes: () => Promise.resolve([]),
    pause: () => kill(constants.signals.SIGSTOP),
    resume: () => kill(constants.signals.SIGCONT),
    release: () => Promise.resolve(),
  }
}

const deferredSignal = () => {
  let resolve = () => {}
  const promise = new Promise<void>((fulfil) => {
    resolve = fulfil
  })
  return { promise, resolve }
}
