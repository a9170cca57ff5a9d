import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads'
import { fuzzedCase } from './cases/fuzzed.ts'
import { askOurs } from './ours.ts'

// Broken files by the thousand: the answer is a project or an error of ours, within 5 seconds and 500 MB, whatever is written.

const mostMilliseconds = 5_000
const mostMegabytes = 500

const work = async (from: number): Promise<void> => {
  const scratch = mkdtempSync(join(tmpdir(), 'fuzz-'))
  process.once('exit', () => rmSync(scratch, { recursive: true, force: true }))
  for (let seed = from; ; seed += 1) {
    const base = join(scratch, 'base')
    mkdirSync(base)
    parentPort?.postMessage({ seed })
    const { status, error } = await askOurs(fuzzedCase(seed), base)
    rmSync(base, { recursive: true })
    if (status !== 0 && status !== 1) parentPort?.postMessage({ seed, finding: `status ${status}: ${error}` })
  }
}

const oversee = async (): Promise<void> => {
  const { values } = parseArgs({
    options: { seconds: { type: 'string', default: '60' }, from: { type: 'string', default: '1' } },
  })
  const end = Date.now() + Number(values.seconds) * 1000
  let seed = Number(values.from)
  let findings = 0
  const tell = (finding: string): void => {
    findings += 1
    console.log(`seed ${seed}: ${finding}\n${JSON.stringify(fuzzedCase(seed).files, null, 1)}`)
  }
  while (Date.now() < end) {
    const worker = new Worker(new URL(import.meta.url), {
      workerData: seed,
      resourceLimits: { maxOldGenerationSizeMb: mostMegabytes },
    })
    await new Promise<void>((resolve) => {
      let changed = Date.now()
      const watch = setInterval(() => {
        const late = Date.now() - changed > mostMilliseconds
        if (late) tell(`no answer within ${mostMilliseconds} ms`)
        if (late || Date.now() >= end) stop()
      }, 500)
      const stop = (): void => {
        clearInterval(watch)
        worker.terminate().then(() => resolve(), resolve)
      }
      worker.on('message', (message: { readonly seed: number; readonly finding?: string }) => {
        changed = Date.now()
        seed = message.seed
        if (message.finding !== undefined) tell(message.finding)
      })
      worker.on('error', (error) => {
        tell(String(error))
        stop()
      })
    })
    seed += 1
  }
  console.log(`${seed - Number(values.from)} cases, ${findings} findings`)
  process.exitCode = findings === 0 ? 0 : 1
}

if (isMainThread) await oversee()
else await work(workerData as number)
