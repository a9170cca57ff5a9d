import { mkdir, mkdtemp, open, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { isSystemError } from '@container-compose/core'
import { copyData, flock, memfd, sealMemfd } from '@container-compose/native'
import { closeAll } from '../qemu/close-all.ts'
import type { Acceleration } from '../qemu/command-line.ts'
import { LaunchError } from '../qemu/launch.ts'
import { findQemu } from '../qemu/program.ts'
import { makeRehearsalDisk } from '../rehearsal/rehearsal-disk.ts'
import { type MachineShape, shapeName } from '../shape.ts'
import { type AccelerationVerdict, readVerdict, verdictWithoutBoot, writeVerdict } from './acceleration.ts'
import { type BootedMachine, bootTemplate } from './boot.ts'
import { type Recipe, readRecipe, templateKey } from './recipe.ts'

/** A saved machine, ready to be restored any number of times. */
export interface Template {
  readonly recipe: Recipe
  readonly shape: MachineShape
  readonly acceleration: Acceleration
  readonly state: Buffer
  /** What its machines practise with. */
  readonly rehearsalDisk: string
  /**
   * `cow`: the template's memory, sealed and shared by all, not the caller's to close. `own`: a copy, the caller's.
   */
  memory(): Promise<number>
}

export interface TemplatesOptions {
  readonly cacheDir: string
  readonly runDir: string
  readonly qemu?: string | undefined
  readonly acceleration: 'auto' | Acceleration
}

const kvmDeadlineMs = 20_000
/** Emulated, on a host that is busy with other things as well. */
const tcgDeadlineMs = 120_000

/** Finds templates in the cache, which engines share, and makes those that are missing. */
export class Templates {
  readonly #options: TemplatesOptions
  readonly #made = new Map<string, Promise<Template>>()
  #recipe: Promise<Recipe> | undefined

  constructor(options: TemplatesOptions) {
    this.#options = options
  }

  /** Read once: a kernel or QEMU that is updated meanwhile is used by the next engine. */
  recipe(): Promise<Recipe> {
    this.#recipe ??= findQemu(this.#options.qemu).then((qemu) => readRecipe(qemu, this.#options.cacheDir))
    // What is missing may be installed before the next attempt.
    this.#recipe.catch(() => {
      this.#recipe = undefined
    })
    return this.#recipe
  }

  get(shape: MachineShape): Promise<Template> {
    const name = shapeName(shape)
    const known = this.#made.get(name)
    if (known !== undefined) return known
    const template = this.#find(shape)
    this.#made.set(name, template)
    template.catch(() => this.#made.delete(name))
    return template
  }

  /** How machines compute here. Boots one when nothing else can tell. */
  async verdict(shape: MachineShape): Promise<AccelerationVerdict> {
    const known = await this.#knownVerdict()
    if (known !== undefined) return known
    await this.get(shape)
    return (await this.#knownVerdict()) ?? { acceleration: 'tcg', reason: 'nothing is known' }
  }

  async #knownVerdict(): Promise<AccelerationVerdict | undefined> {
    const { acceleration, cacheDir } = this.#options
    const recipe = await this.recipe()
    return (await verdictWithoutBoot(acceleration)) ?? (await readVerdict(cacheDir, recipe.platform))
  }

  async #find(shape: MachineShape): Promise<Template> {
    const recipe = await this.recipe()
    const known = await this.#knownVerdict()
    if (known !== undefined) return this.#findWith(recipe, shape, known.acceleration, tcgDeadlineMs)
    const { cacheDir } = this.#options
    try {
      const template = await this.#findWith(recipe, shape, 'kvm', kvmDeadlineMs)
      await writeVerdict(cacheDir, recipe.platform, { acceleration: 'kvm', reason: 'a guest runs with KVM' })
      return template
    } catch (error) {
      if (!(error instanceof LaunchError)) throw error
      await writeVerdict(cacheDir, recipe.platform, {
        acceleration: 'tcg',
        reason: `/dev/kvm is there, but a guest does not run with it (${error.message}): machines are emulated in software`,
      })
      return this.#findWith(recipe, shape, 'tcg', tcgDeadlineMs)
    }
  }

  async #findWith(
    recipe: Recipe,
    shape: MachineShape,
    acceleration: Acceleration,
    deadlineMs: number,
  ): Promise<Template> {
    const key = await templateKey(recipe, shape, acceleration)
    const root = join(this.#options.cacheDir, 'templates')
    const dir = join(root, key)
    await mkdir(root, { recursive: true })
    let state = await readState(dir)
    if (state === undefined) {
      const lock = await flock(join(root, `${key}.lock`))
      try {
        state = await readState(dir)
        if (state === undefined) {
          const { runDir } = this.#options
          state = await make(root, dir, (rehearsalDisk) =>
            bootTemplate({ recipe, shape, acceleration, runDir, deadlineMs, rehearsalDisk }),
          )
        }
      } finally {
        await closeAll([lock])
      }
    }
    const memory = shape.memory === 'cow' ? sealedOnce(shape, dir) : () => copyOfMemory(shape, dir)
    return { recipe, shape, acceleration, state, memory, rehearsalDisk: join(dir, rehearsalDiskName) }
  }
}

const readState = async (dir: string): Promise<Buffer | undefined> => {
  try {
    return await readFile(join(dir, 'state'))
  } catch (error) {
    if (isSystemError(error, 'ENOENT')) return undefined
    throw error
  }
}

/** Puts a template into the cache, whole or not at all, and gives its state. */
const make = async (
  root: string,
  dir: string,
  boot: (rehearsalDisk: string) => Promise<BootedMachine>,
): Promise<Buffer> => {
  const partial = await mkdtemp(join(root, '.partial-'))
  try {
    const rehearsalDisk = join(partial, rehearsalDiskName)
    await makeRehearsalDisk(rehearsalDisk)
    const { memory, state } = await boot(rehearsalDisk)
    await storeMemory(memory, join(partial, 'memory'))
    await writeFile(join(partial, 'state'), state)
    await rename(partial, dir)
    return state
  } finally {
    await rm(partial, { recursive: true, force: true })
  }
}

const rehearsalDiskName = 'rehearsal.ext4'

const storeMemory = async (memory: number, path: string): Promise<void> => {
  try {
    const file = await open(path, 'w')
    try {
      await copyData(memory, file.fd)
    } finally {
      await file.close()
    }
  } finally {
    await closeAll([memory])
  }
}

const copyOfMemory = async ({ memoryMib }: MachineShape, dir: string): Promise<number> => {
  const copy = memfd('guest', { size: memoryMib * 2 ** 20 })
  const file = await open(join(dir, 'memory'), 'r')
  try {
    await copyData(file.fd, copy)
    return copy
  } catch (error) {
    await closeAll([copy])
    throw error
  } finally {
    await file.close()
  }
}

/** One copy for all machines, which nobody can write: a broken QEMU must not reach the others through it. */
const sealedOnce = (shape: MachineShape, dir: string): (() => Promise<number>) => {
  let sealed: Promise<number> | undefined
  return () => {
    sealed ??= copyOfMemory(shape, dir).then((memory) => {
      sealMemfd(memory)
      return memory
    })
    return sealed
  }
}
