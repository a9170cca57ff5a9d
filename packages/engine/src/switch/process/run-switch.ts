import { closeSync, rmSync, writeSync } from 'node:fs'
import { tryFlock } from '@container-compose/native'
import { makeFolder } from '../../store/document.ts'
import { switchPaths } from '../paths.ts'
import { lockHeldExitCode, readyDescriptorVariable } from '../spawn-switch.ts'
import { readState } from '../state-document.ts'
import { listenForEngine } from './control-server.ts'
import { SwitchProcess } from './switch-process.ts'

export interface RunSwitchOptions {
  /** The engine's runtime directory. */
  readonly run: string
  readonly environment: Readonly<Record<string, string | undefined>>
}

/**
 * Is the switch process: makes the namespace or takes it over, makes it what the document says, and answers the engine until it
 * is told to stop. Resolves with the exit status of the process.
 */
export const runSwitch = async ({ run, environment }: RunSwitchOptions): Promise<number> => {
  const paths = switchPaths(run)
  makeFolder(paths.dir)
  const lock = await tryFlock(paths.lock)
  if (lock === undefined) return lockHeldExitCode
  const switchProcess = await SwitchProcess.open(paths, (message) => process.stderr.write(`${message}\n`))
  try {
    const document = readState(paths)
    if (document) await switchProcess.apply(document.state)
  } catch (error) {
    // The engine is about to apply the state anyway, and will be told.
    process.stderr.write(`the last state cannot be applied: ${error}\n`)
  }
  rmSync(paths.control, { force: true })
  const stopped = listenForEngine(paths, switchProcess)
  await stopped.listening
  tellReady(environment[readyDescriptorVariable])
  await stopped.finished
  closeSync(lock)
  return 0
}

const tellReady = (descriptor: string | undefined): void => {
  if (descriptor === undefined) return
  try {
    writeSync(Number(descriptor), '1')
    closeSync(Number(descriptor))
  } catch {
    // The engine that started us is gone; the next one finds the control socket.
  }
}
