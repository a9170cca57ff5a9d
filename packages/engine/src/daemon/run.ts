import { closeSync, rmSync, writeFileSync, writeSync } from 'node:fs'
import { availableRuntimes } from '../runtime/available.ts'
import { makeFolder } from '../store/document.ts'
import { createSwitch } from '../switch/create-switch.ts'
import { buildId } from './build-id.ts'
import { openEngine } from './engine.ts'
import { tryLock } from './lock.ts'
import { createLog } from './log.ts'
import type { EngineRoot } from './root.ts'
import { serve } from './serve.ts'
import { readSettings } from './settings.ts'
import { lockHeldExitCode, readyDescriptorVariable } from './start.ts'

export interface RunOptions {
  readonly root: EngineRoot
  readonly environment: Readonly<Record<string, string | undefined>>
  /** The program that runs, `[process.execPath, <bundle>]`: the switch process is another run of it. */
  readonly command: readonly string[]
}

/**
 * Is the engine: takes the root's lock, adopts what an earlier engine left, answers on the socket, and resolves with the exit
 * status of the process when it was told to stop (API, SIGTERM, SIGINT). Containers run on.
 *
 * @throws UserError `BAD_SETTINGS`, and whatever keeps it from starting.
 */
export const runEngine = async (options: RunOptions): Promise<number> => {
  const { root, environment, command } = options
  const settings = readSettings(root.settingsFile, environment)
  const log = createLog(settings.logLevel)
  for (const folder of [root.data, root.run, root.cache]) makeFolder(folder)
  const lock = tryLock(root.lockFile)
  if (lock === undefined) {
    log.info({ root: root.run }, 'another engine holds this root')
    return lockHeldExitCode
  }
  writeFileSync(root.pidFile, `${process.pid}\n`)
  const { [readyDescriptorVariable]: _ready, ...inherited } = environment
  const theSwitch = createSwitch({
    run: root.run,
    command,
    environment: inherited,
    onError: (error) => log.error({ err: error }, 'the switch process does not start'),
  })
  const runtimes = availableRuntimes({
    ...{ settings, cacheDir: root.cache, runDir: root.run, switch: theSwitch },
    onWarning: (error) => log.warn({ err: error }, 'a runtime has met a fault, and gone on'),
  })
  const engine = await openEngine({ root, settings, log, build: buildId(), runtimes, switch: theSwitch })
  // A program that is started while the engine runs must not see our signals' defaults.
  const onSignal = () => void engine.context.stop({ containers: false })
  process.once('SIGTERM', onSignal)
  process.once('SIGINT', onSignal)
  process.on('uncaughtExceptionMonitor', (error) =>
    log.error({ err: error }, 'the engine ends by a fault of its own'),
  )
  process.on('unhandledRejection', (error) => log.error({ err: error }, 'a promise was left alone'))
  await serve(engine, () => tellReady(environment[readyDescriptorVariable]))
  rmSync(root.pidFile, { force: true })
  lock.release()
  log.info({}, 'the engine has stopped')
  return 0
}

/** Tells the program that started us, if it still waits. */
const tellReady = (descriptor: string | undefined): void => {
  if (descriptor === undefined) return
  try {
    writeSync(Number(descriptor), '1')
    closeSync(Number(descriptor))
  } catch {
    // It went away; that is its right.
  }
}
