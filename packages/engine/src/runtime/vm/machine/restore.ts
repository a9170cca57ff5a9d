import type { FileHandle } from 'node:fs/promises'
import { chmod, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { listenUnix } from '@container-compose/native'
import { closeAll } from '../qemu/close-all.ts'
import {
  channelArguments,
  dataDiskArguments,
  machineArguments,
  overlayArguments,
  restoreArguments,
  sandboxArguments,
} from '../qemu/command-line.ts'
import { descriptors } from '../qemu/descriptors.ts'
import { type Launched, launch } from '../qemu/launch.ts'
import { migrationCapabilities, migrationEnd } from '../qemu/migration.ts'
import { Qmp } from '../qemu/qmp.ts'
import type { Template } from '../template/templates.ts'

/** Names of a machine's sockets in its folder. */
export const sockets = {
  qmp: 'qmp.sock',
  agent: 'agent.sock',
  plain: 'plain.sock',
  locking: 'locking.sock',
  sockets: 'sockets.sock',
} as const

/** What a machine has in its folder while it runs. */
export const machineFiles = ['lock', 'pid', 'qemu.err', ...Object.values(sockets)]

export interface RestoreOptions {
  readonly template: Template
  /** The machine's folder for sockets. */
  readonly dir: string
  readonly uid: number
  readonly cgroups: readonly string[]
  /** Held by the machine from now on; like all descriptors here it stays the caller's to close. */
  readonly lock: number
  readonly disk: { readonly overlay: FileHandle; readonly base: FileHandle }
  /** Files behind the first of its other disks. */
  readonly dataDisks: readonly number[]
  readonly log: FileHandle
  /** The first network cards'; the others lead nowhere. */
  readonly taps: readonly number[]
  /** A machine that waits to become somebody's: on a leash, with a disk that can be replaced. */
  readonly isSpare?: boolean
}

/** A machine whose sockets listen and whose state is on its way. */
export interface Restoring {
  readonly machine: Launched
  /**
   * Resolves with the monitor when the guest has its state; it does not run before `cont`. **Nothing may connect to a port
   * before this**: QEMU would raise the interrupt at once, and lose it when the guest's interrupt controllers get their state
   * after the port; the guest would then never look.
   */
  loaded(): Promise<Qmp>
}

const restoreDeadlineMs = 60_000

/** Starts a QEMU with a template's state. Resolves when it is a process. */
export const restore = async (options: RestoreOptions): Promise<Restoring> => {
  const { template, dir, taps } = options
  const { shape, recipe, acceleration } = template
  const memory = await template.memory()
  const listeners: number[] = []
  try {
    const listening = async (name: string): Promise<number> => {
      const path = join(dir, name)
      await rm(path, { force: true })
      const fd = listenUnix(path)
      listeners.push(fd)
      await chmod(path, 0o600)
      return fd
    }
    const inherit = new Map([
      [descriptors.lock, options.lock],
      [descriptors.qmp, await listening(sockets.qmp)],
      [descriptors.agent, await listening(sockets.agent)],
      [descriptors.mountPlain, await listening(sockets.plain)],
      [descriptors.mountLocking, await listening(sockets.locking)],
      [descriptors.sockets, await listening(sockets.sockets)],
      [descriptors.log, options.log.fd],
      [descriptors.memory, memory],
      [descriptors.overlay, options.disk.overlay.fd],
      [descriptors.base, options.disk.base.fd],
      ...taps.map((tap, index): [number, number] => [descriptors.tap + index, tap]),
      ...options.dataDisks.map((disk, index): [number, number] => [descriptors.data + index, disk]),
    ])
    const unused = Array.from({ length: shape.nics - taps.length }, (_, index) => taps.length + index)
    const machine = await launch({
      program: recipe.qemu.path,
      args: [
        ...machineArguments(shape, acceleration),
        ...channelArguments(shape),
        ...overlayArguments({ replaceable: options.isSpare ?? false }),
        ...dataDiskArguments(options.dataDisks.length),
        ...restoreArguments(),
        ...sandboxArguments(),
      ],
      dir,
      inherit,
      looseTaps: unused.map((index) => descriptors.tap + index),
      uid: options.uid,
      cgroups: options.cgroups,
      onLeash: options.isSpare ?? false,
      devices: acceleration === 'kvm' ? ['/dev/kvm'] : [],
    })
    machine.state.end(template.state)
    return { machine, loaded: () => load(dir) }
  } finally {
    await closeAll(shape.memory === 'own' ? [...listeners, memory] : listeners)
  }
}

const load = async (dir: string): Promise<Qmp> => {
  const qmp = await Qmp.connect(join(dir, sockets.qmp), restoreDeadlineMs)
  try {
    const completed = qmp.waitFor(migrationEnd, restoreDeadlineMs)
    completed.catch(() => {})
    await qmp.execute('migrate-set-capabilities', { capabilities: migrationCapabilities })
    await qmp.execute('migrate-incoming', { uri: `fd:${descriptors.state}` })
    const { data } = await completed
    if (data['status'] !== 'completed') throw new Error('QEMU could not restore the template')
    return qmp
  } catch (error) {
    qmp.close()
    throw error
  }
}
