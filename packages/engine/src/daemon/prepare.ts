import { createVmRuntime } from '../runtime/vm/vm-runtime.ts'
import { makeFolder } from '../store/document.ts'
import type { EngineRoot } from './root.ts'
import { readSettings } from './settings.ts'

/**
 * Fetches the guest's kernel and makes the usual template ahead of the first start, without an engine. The result lies in the
 * cache; a second call does nothing. Gives the runtime and its acceleration in words.
 */
export const prepareMachines = async (root: EngineRoot): Promise<string> => {
  const { acceleration } = readSettings(root.settingsFile)
  for (const folder of [root.run, root.cache]) makeFolder(folder)
  const vm = createVmRuntime({
    cacheDir: root.cache,
    runDir: root.run,
    acceleration,
    switch: { openTap: noMachine, plugTap: noMachine },
  })
  await vm.prepare()
  const { version, acceleration: found, reason } = await vm.describe()
  return `${version}, ${found ?? 'no acceleration'}: ${reason}`
}

const noMachine = (): Promise<never> => Promise.reject(new Error('no machine is started while preparing'))
