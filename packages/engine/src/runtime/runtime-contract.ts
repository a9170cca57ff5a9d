import { readdir } from 'node:fs/promises'
import { Readable } from 'node:stream'
import { pack } from 'tar-stream'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Bundle, ExitStatus, LogRange, RunningContainer, Runtime } from './runtime.ts'
import { FileNotFound, StartError } from './runtime.ts'

/** What the contract needs of a place where a runtime runs. */
export interface ContractHost {
  readonly runtime: Runtime
  /** A runtime as another engine would have it, which knows nothing of what this one has started. */
  another(): Runtime
  /** A bundle of a container that runs `args` from an image with busybox; its folders exist. */
  bundle(args: readonly string[], changes?: Partial<Bundle>): Promise<Bundle>
  /** Removes everything. */
  close(): Promise<void>
}

/** What every runtime promises, as tests against real containers. */
export const runtimeContract = (open: () => Promise<ContractHost>): void => {
  let host: ContractHost
  let runtime: Runtime
  const running = new Set<RunningContainer>()
  beforeEach(async () => {
    host = await open()
    runtime = host.runtime
  })
  afterEach(async () => {
    for (const container of running) await container.destroy()
    running.clear()
    await host.close()
  })

  const start = async (bundle: Bundle, run = 1): Promise<RunningContainer> => {
    const container = await runtime.start(bundle, run)
    running.add(container)
    void container.exited.then(() => running.delete(container))
    return container
  }
  const shell = (script: string, changes?: Partial<Bundle>): Promise<Bundle> =>
    host.bundle(['/bin/sh', '-c', script], changes)

  test('both streams and the exit code are in the log when it has exited', async () => {
    const bundle = await shell('echo out; echo err >&2; exit 7')
    const container = await start(bundle)
    expect(await container.exited).toMatchObject({ code: 7, oomKilled: false })
    expect(await logOf(runtime, bundle)).toStrictEqual({ stdout: 'out\n', stderr: 'err\n' })
    await expect(container.kill(15)).rejects.toThrow()
  })

  test('a follower gets all of 20,000 lines in order, and the end', async () => {
    const bundle = await shell('seq 1 20000')
    const container = await start(bundle)
    const { stdout } = await logOf(runtime, bundle, { follow: true })
    expect(stdout).toBe(Array.from({ length: 20_000 }, (_, index) => `${index + 1}\n`).join(''))
    expect(await container.exited).toMatchObject({ code: 0 })
  })

  test('a log can be read on from a position', async () => {
    const bundle = await shell('echo first; read line; echo $line', { openStdin: true })
    const container = await start(bundle)
    await lineOf(runtime, bundle, 'first')
    const from = await runtime.logPosition(bundle)
    await container.writeStdin(Buffer.from('second\n'))
    await container.exited
    expect(await logOf(runtime, bundle, { follow: false, from })).toMatchObject({ stdout: 'second\n' })
  })

  test('what cannot be executed is refused with the exit code of docker run', async () => {
    const missing = await host.bundle(['/bin/absent'])
    await expect(runtime.start(missing, 1)).rejects.toMatchObject({ name: 'StartError', exitCode: 127 })
    const directory = await host.bundle(['/bin'])
    await expect(runtime.start(directory, 1)).rejects.toBeInstanceOf(StartError)
    await expect(runtime.start(directory, 2)).rejects.toMatchObject({ exitCode: 126 })
  })

  test('a signal ends the process with 128 and its number', async () => {
    const trapping = await shell('trap "exit 3" TERM; echo up; while :; do sleep 0.1; done')
    const container = await start(trapping)
    // The kernel drops what PID 1 has no handler for: before the trap stands, the signal would be lost.
    await lineOf(runtime, trapping, 'up')
    await container.kill(15)
    expect(await container.exited).toMatchObject({ code: 3 })
    const other = await start(await host.bundle(['/bin/sleep', '1000']))
    await other.kill(9)
    expect(await other.exited).toMatchObject({ code: 137 })
  })

  test('stdin reaches the process whole and ends', async () => {
    const bundle = await shell('wc -c', { openStdin: true })
    const container = await start(bundle)
    for (let i = 0; i < 8; i++) await container.writeStdin(Buffer.alloc(50_000, 'x'))
    await container.closeStdin()
    expect(await container.exited).toMatchObject({ code: 0 })
    expect((await logOf(runtime, bundle)).stdout.trim()).toBe('400000')
  })

  test('exec runs beside the process, with streams, stdin and an exit code of its own', async () => {
    const bundle = await host.bundle(['/bin/sleep', '1000'])
    const container = await start(bundle)
    const process = { ...bundle.spec.process, args: ['/bin/sh', '-c', 'cat; echo err >&2; exit 5'] }
    const session = await container.exec(process, { openStdin: true, privileged: false })
    await session.writeStdin(Buffer.from('through\n'))
    await session.closeStdin()
    expect(await Promise.all([textOf(session.stdout), textOf(session.stderr)])).toStrictEqual([
      'through\n',
      'err\n',
    ])
    expect(await session.exited).toMatchObject({ code: 5 })
    const absent = container.exec(
      { ...process, args: ['/bin/absent'] },
      { openStdin: false, privileged: false },
    )
    await expect(absent).rejects.toMatchObject({ name: 'StartError', exitCode: 127 })
  })

  test('usage and processes are those of the container', async () => {
    const container = await start(await host.bundle(['/bin/sleep', '1000']))
    expect(await container.processes()).toMatchObject([{ pid: 1, command: expect.stringContaining('sleep') }])
    const usage = await container.usage()
    expect(usage.pids).toBe(1)
    expect(usage.memoryBytes).toBeLessThan(usage.memoryLimitBytes)
  })

  test('a paused container stands still', async () => {
    const bundle = await shell('while :; do date +%s%N; sleep 0.05; done')
    const container = await start(bundle)
    await lineOf(runtime, bundle, '')
    await container.pause()
    const { offset } = await settled(runtime, bundle)
    await container.resume()
    await expect
      .poll(async () => (await runtime.logPosition(bundle)).offset, { timeout: 20_000 })
      .toBeGreaterThan(offset)
  })

  test('the disk is kept over runs, and the log of each', async () => {
    const bundle = await shell('echo >>/count; wc -l </count')
    for (const run of [1, 2]) await (await start(bundle, run)).exited
    expect((await logOf(runtime, bundle)).stdout.split(/\s+/)).toStrictEqual(['1', '2', ''])
  })

  test('files go in and out while it runs, and before, and after', async () => {
    const bundle = await shell('cat /tmp/given; echo made >/tmp/made; read line', { openStdin: true })
    await runtime.files(bundle).write('/tmp', tarOf('given', 'early\n'), writeOptions)
    const container = await start(bundle)
    await lineOf(runtime, bundle, 'early')
    await runtime.files(bundle).write('/tmp', tarOf('late', 'late\n'), writeOptions)
    expect(await runtime.files(bundle).stat('/tmp/late')).toMatchObject({ name: 'late', size: 5 })
    await container.closeStdin()
    await container.exited
    expect((await textOf(await runtime.files(bundle).read('/tmp/made'))).includes('made\n')).toBe(true)
    expect(await runtime.files(bundle).stat('/tmp/late')).toMatchObject({ size: 5 })
    await expect(runtime.files(bundle).stat('/tmp/absent')).rejects.toBeInstanceOf(FileNotFound)
  })

  test('another engine takes a run over, with stdin, output and exit code', async () => {
    const bundle = await shell('echo up; read line; echo $line; exit 4', { openStdin: true })
    const container = await start(bundle)
    await lineOf(runtime, bundle, 'up')
    await container.release()
    running.delete(container)
    const other = host.another()
    const adopted = await other.adopt(bundle, 1)
    if (!isRunning(adopted)) throw new Error('it has ended')
    running.add(adopted)
    expect(adopted.pid).toBe(container.pid)
    await adopted.writeStdin(Buffer.from('again\n'))
    expect(await adopted.exited).toMatchObject({ code: 4 })
    expect(await logOf(other, bundle)).toMatchObject({ stdout: 'up\nagain\n' })
    // And one that comes when all is over learns the same.
    expect(await host.another().adopt(bundle, 1)).toMatchObject({ code: 4 })
  })

  test('a run that is killed from outside says so', async () => {
    const container = await start(await host.bundle(['/bin/sleep', '1000']))
    process.kill(container.pid, 'SIGKILL')
    expect(await container.exited).toMatchObject({ code: 137, error: expect.any(String) })
  })

  test('removal leaves nothing in the folders, twice', async () => {
    const bundle = await shell('echo out')
    await (await start(bundle)).exited
    await runtime.remove(bundle)
    await runtime.remove(bundle)
    expect(await readdir(bundle.dir)).toStrictEqual([])
    expect(await readdir(bundle.runDir)).toStrictEqual([])
  })
}

const writeOptions = { noOverwriteDirNonDir: false, copyUidGid: false }

const isRunning = (adopted: RunningContainer | ExitStatus): adopted is RunningContainer => 'exited' in adopted

const logOf = async (
  runtime: Runtime,
  bundle: Bundle,
  range: LogRange = { follow: false },
): Promise<{ stdout: string; stderr: string }> => {
  const text = { stdout: '', stderr: '' }
  for await (const { stream, data } of runtime.readLog(bundle, range)) text[stream] += data.toString()
  return text
}

/** Waits until a line of output is that text, or any where it is empty. */
const lineOf = async (runtime: Runtime, bundle: Bundle, line: string): Promise<void> => {
  let text = ''
  for await (const { data } of runtime.readLog(bundle, { follow: true })) {
    text += data.toString()
    if (text.includes(`${line}\n`)) return
  }
  throw new Error(`no line ${line} in: ${text}`)
}

/** The log's end when it no longer moves. */
const settled = async (runtime: Runtime, bundle: Bundle): Promise<{ offset: number }> => {
  let before = await runtime.logPosition(bundle)
  await expect
    .poll(
      async () => {
        const now = await runtime.logPosition(bundle)
        const stands = now.offset === before.offset
        before = now
        return stands
      },
      { interval: 500, timeout: 20_000 },
    )
    .toBe(true)
  return before
}

const textOf = async (stream: Readable): Promise<string> => {
  const chunks: Buffer[] = []
  for await (const chunk of stream) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks).toString()
}

const tarOf = (name: string, text: string): Readable => {
  const archive = pack()
  archive.entry({ name, mode: 0o644 }, text)
  archive.finalize()
  // Its own stream class, which has all of Readable that is read from here.
  return Readable.from(archive)
}
