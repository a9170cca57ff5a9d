import { readFile } from 'node:fs/promises'
import { type CpioEntry, writeCpio } from './cpio.ts'
import type { GuestKernel } from './kernel.ts'

/**
 * The initramfs: the agent as /init and the kernel's modules, numbered in the order in which the agent loads them.
 * Not packed: unpacking costs the guest more than reading.
 */
export const buildInitramfs = async (kernel: GuestKernel, agentPath: string): Promise<Buffer> => {
  const directories = ['dev', 'proc', 'sys', 'run', 'root', 'modules'].map(
    (name): CpioEntry => ({ name, mode: 0o40755 }),
  )
  const modules = await Promise.all(
    kernel.modules.map(
      async (path, index): Promise<CpioEntry> => ({
        name: `modules/${String(index).padStart(2, '0')}`,
        mode: 0o100644,
        data: await readFile(path),
      }),
    ),
  )
  return writeCpio([
    ...directories,
    { name: 'dev/console', mode: 0o20600, device: [5, 1] },
    { name: 'init', mode: 0o100755, data: await readFile(agentPath) },
    ...modules,
  ])
}
