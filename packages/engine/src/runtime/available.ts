import { UserError } from '@container-compose/core'
import type { Settings } from '../daemon/settings.ts'
import type { Switch } from '../switch/switch.ts'
import { Runtimes } from './runtimes.ts'
import { createVmRuntime } from './vm/vm-runtime.ts'

export interface AvailableOptions {
  readonly settings: Settings
  readonly cacheDir: string
  /** Short; it exists. */
  readonly runDir: string
  readonly switch: Switch
  /** Told of what went wrong and kept nothing from running. */
  readonly onWarning: (error: unknown) => void
}

/**
 * The runtimes of this build, and which one is meant when nobody names one.
 *
 * @throws UserError `NO_RUNTIME` when the settings ask for one that this build has not.
 */
export const availableRuntimes = (options: AvailableOptions): Runtimes => {
  const { settings, cacheDir, runDir } = options
  const vm = createVmRuntime({
    cacheDir,
    runDir,
    switch: options.switch,
    acceleration: settings.acceleration,
    warmSpare: settings.warmSpare,
    onWarning: options.onWarning,
  })
  if (settings.runtime !== 'auto' && settings.runtime !== 'vm')
    throw new UserError('NO_RUNTIME', `this build has no runtime "${settings.runtime}"`, {
      hint: 'set "runtime" to "vm" or "auto" in settings.json',
    })
  const reason = settings.runtime === 'vm' ? 'the settings say so' : 'the only runtime of this build'
  return new Runtimes([vm], { name: 'vm', reason })
}
