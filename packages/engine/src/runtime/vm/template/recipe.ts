import { createHash } from 'node:crypto'
import { readFile, stat } from 'node:fs/promises'
import { cpus, release } from 'node:os'
import { artifactPath } from '@container-compose/core'
import { buildInitramfs, type GuestKernel, guestKernel } from '@container-compose/guest'
import { rehearsalSetup } from '../container/guest-setup.ts'
import { type Acceleration, bootArguments, machineArguments } from '../qemu/command-line.ts'
import type { QemuProgram } from '../qemu/program.ts'
import type { MachineShape } from '../shape.ts'

/** Raise it when templates of before must not be used any more though nothing named below has changed. */
const format = 3

/** Everything that a template is made from, apart from its shape. */
export interface Recipe {
  readonly qemu: QemuProgram
  readonly kernel: GuestKernel
  readonly initramfs: Buffer
  /** Host kernel, processor and QEMU: what decides whether KVM works, and whose saved state fits whom. */
  readonly platform: string
}

/** Reads the guest's kernel (downloaded when the cache has none) and agent. */
export const readRecipe = async (qemu: QemuProgram, cacheDir: string): Promise<Recipe> => {
  const kernel = await guestKernel(cacheDir)
  const initramfs = await buildInitramfs(kernel, artifactPath('agent'))
  const processor = (await readFile('/proc/cpuinfo', 'utf8')).match(/^(model name|flags)\s*:.*$/gm) ?? []
  const platform = digest([qemu.version, release(), ...new Set(processor)])
  return { qemu, kernel, initramfs, platform }
}

/** Names a template by its content. */
export const templateKey = async (
  recipe: Recipe,
  shape: MachineShape,
  acceleration: Acceleration,
): Promise<string> => {
  const { size, mtimeMs } = await stat(recipe.kernel.vmlinux)
  return digest([
    String(format),
    recipe.platform,
    `${recipe.kernel.version} ${size} ${mtimeMs}`,
    createHash('sha256').update(recipe.initramfs).digest('hex'),
    ...machineArguments(shape, acceleration),
    ...bootArguments(),
    JSON.stringify(rehearsalSetup({ now: 0, entropy: Buffer.alloc(0) }), (_, value) =>
      typeof value === 'bigint' ? String(value) : value,
    ),
  ])
}

export const hostCpus = (): number => cpus().length

const digest = (parts: readonly string[]): string =>
  createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 32)
