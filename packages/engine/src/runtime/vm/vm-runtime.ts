import type { Switch } from '../../switch/switch.ts'
import type { Runtime } from '../runtime.ts'

export interface VmRuntimeOptions {
  /** Shared with other engines: templates and verdicts are below it, keyed by content. */
  readonly cacheDir: string
  /** Where this runtime keeps what does not belong to one container (sockets of a template in the making …). Short, it exists. */
  readonly runDir: string
  readonly switch: Pick<Switch, 'openTap' | 'unplug'>
  /** QEMU's program; default `qemu-system-x86_64` from the search path. */
  readonly qemu?: string
  /** `auto` (default): KVM where a boot proves that it works, else emulation. */
  readonly acceleration?: 'auto' | 'kvm' | 'tcg'
}

/** Runs each container in a QEMU virtual machine of its own. */
export type CreateVmRuntime = (options: VmRuntimeOptions) => Runtime
