import { constants } from 'node:fs'
import { chmod, mkdtemp, open, readdir, rm, writeFile } from 'node:fs/promises'
import { connect, createServer, type Server } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { systemClock } from '@container-compose/core'
import { AgentClient } from '@container-compose/guest'
import { listenUnix, memfd, processStartTime } from '@container-compose/native'
import { rehearsalSetup, thisMoment, usualSurroundings } from '../container/guest-setup.ts'
import { newQcow2 } from '../disk/qcow2.ts'
import { Held } from '../machine/held.ts'
import { closeAll } from '../qemu/close-all.ts'
import {
  type Acceleration,
  bootArguments,
  channelArguments,
  dataDiskArguments,
  diskBytes,
  machineArguments,
  overlayArguments,
} from '../qemu/command-line.ts'
import { descriptors } from '../qemu/descriptors.ts'
import { LaunchError, type Launched, lastWords, launch } from '../qemu/launch.ts'
import { migrationCapabilities, migrationEnd } from '../qemu/migration.ts'
import { Qmp } from '../qemu/qmp.ts'
import type { MachineShape } from '../shape.ts'
import type { Recipe } from './recipe.ts'

export interface BootOptions {
  readonly recipe: Recipe
  readonly shape: MachineShape
  readonly acceleration: Acceleration
  /** A folder with a short path; what is made in it is removed again. */
  readonly runDir: string
  /** What it practises with (`makeRehearsalDisk`). */
  readonly rehearsalDisk: string
  /** A machine that is not ready by then will never be (KVM can open and yet run no guest). */
  readonly deadlineMs: number
}

/** A machine that has booted, been warmed up and was saved. */
export interface BootedMachine {
  /** Its memory: a memfd that is the caller's to close. */
  readonly memory: number
  /** All else, as QEMU wrote it. */
  readonly state: Buffer
}

/** Template machines are made from our own kernel and agent alone, one after the other: one user id will do. */
const templateUid = 0x5fffffff

/** Boots the guest's kernel and agent in a machine with placeholders for disk and network, and saves it. */
export const bootTemplate = async (options: BootOptions): Promise<BootedMachine> => {
  await removeAbandoned(options.runDir)
  const dir = await mkdtemp(join(options.runDir, `t-${process.pid}-`))
  // The machine is let in to connect to `state.sock`, by its own user.
  await chmod(dir, 0o711)
  const memory = memfd('template', { size: options.shape.memoryMib * 2 ** 20 })
  try {
    return { memory, state: await bootAndSave(options, dir, memory) }
  } catch (error) {
    await closeAll([memory])
    throw error
  } finally {
    await rm(dir, { recursive: true, force: true })
  }
}

/** Folders of boots whose engine was killed; their machines died with it. */
const removeAbandoned = async (runDir: string): Promise<void> => {
  for (const name of await readdir(runDir)) {
    const pid = Number(/^t-(\d+)-/.exec(name)?.[1])
    if (pid > 0 && pid !== process.pid && processStartTime(pid) === undefined)
      await rm(join(runDir, name), { recursive: true, force: true })
  }
}

/**
 * The guest reports a sixteenth of its free memory every two seconds (mm/page_reporting.c). What it has not reported when it is
 * saved, each of its clones reports first, long before it comes to what a container has freed.
 */
const reportingMs = 40_000

const bootAndSave = async (options: BootOptions, dir: string, memory: number): Promise<Buffer> => {
  const machine = await startMachine(options, dir, memory)
  let qmp: Qmp | undefined
  try {
    const agent = await AgentClient.connect(connect(join(dir, 'agent.sock')), {
      takeOver: false,
      signal: AbortSignal.timeout(options.deadlineMs),
    })
    await agent.rehearse(rehearsalSetup(thisMoment(systemClock.now())))
    await agent.prepare(usualSurroundings)
    agent.close()
    if (options.shape.memory === 'own') await sleep(reportingMs)
    qmp = await Qmp.connect(join(dir, 'qmp.sock'), options.deadlineMs)
    const state = await save(qmp, join(dir, 'state.sock'))
    await qmp.execute('quit').catch(() => {})
    await Promise.race([machine.exited, sleep(5000, undefined, { ref: false })])
    return state
  } catch (cause) {
    kill(machine)
    await machine.exited
    throw new LaunchError((await lastWords(dir)) || `the guest does not answer`, { cause })
  } finally {
    qmp?.close()
    kill(machine)
  }
}

const kill = ({ pid }: Launched): void => {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // It has ended already.
  }
}

const startMachine = async (options: BootOptions, dir: string, memory: number): Promise<Launched> => {
  const { recipe, shape, acceleration } = options
  const held = new Held()
  const opened = async (path: string, flags: string | number): Promise<number> =>
    held.file(await open(path, flags, 0o600)).fd
  const listening = (name: string): number => held.fd(listenUnix(join(dir, name)))
  try {
    await writeFile(join(dir, 'initramfs'), recipe.initramfs, { mode: 0o444 })
    await writeFile(join(dir, 'disk.qcow2'), newQcow2(diskBytes), { mode: 0o600 })
    const inherit = new Map([
      [descriptors.qmp, listening('qmp.sock')],
      [descriptors.agent, listening('agent.sock')],
      [descriptors.mountPlain, listening('plain.sock')],
      [descriptors.mountLocking, listening('locking.sock')],
      [descriptors.sockets, listening('sockets.sock')],
      [
        descriptors.log,
        await opened(join(dir, 'log'), constants.O_WRONLY | constants.O_CREAT | constants.O_APPEND),
      ],
      [descriptors.memory, memory],
      [descriptors.overlay, await opened(join(dir, 'disk.qcow2'), 'r+')],
      [descriptors.base, await opened(options.rehearsalDisk, 'r')],
      [descriptors.kernel, await opened(recipe.kernel.vmlinux, 'r')],
      [descriptors.initramfs, await opened(join(dir, 'initramfs'), 'r')],
    ])
    return await launch({
      program: recipe.qemu.path,
      args: [
        ...machineArguments(shape, acceleration),
        ...channelArguments({ ...shape, memory: 'own' }),
        ...overlayArguments(),
        ...dataDiskArguments(0),
        ...bootArguments(),
      ],
      dir,
      inherit,
      looseTaps: Array.from({ length: shape.nics }, (_, index) => descriptors.tap + index),
      uid: templateUid,
      onLeash: true,
      cgroups: [],
      binds: [dir],
      devices: acceleration === 'kvm' ? ['/dev/kvm'] : [],
    })
  } finally {
    await held.close()
  }
}

/** Stops the machine and takes its state; the memory stays where it is. */
const save = async (qmp: Qmp, path: string): Promise<Buffer> => {
  const server = createServer()
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(path, resolve)
  })
  await chmod(path, 0o666)
  try {
    const received = receiveAll(server)
    await qmp.execute('stop')
    await qmp.execute('migrate-set-capabilities', { capabilities: migrationCapabilities })
    const completed = qmp.waitFor(migrationEnd, 30_000)
    await qmp.execute('migrate', { uri: `unix:${path}` })
    const { data } = await completed
    if (data['status'] !== 'completed') throw new Error('QEMU could not save the machine')
    return await received
  } finally {
    server.close()
  }
}

const receiveAll = (server: Server): Promise<Buffer> =>
  new Promise((resolve, reject) => {
    server.once('connection', (socket) => {
      const chunks: Buffer[] = []
      socket.on('data', (chunk: Buffer) => chunks.push(chunk))
      socket.once('error', reject)
      socket.once('end', () => {
        socket.destroy()
        resolve(Buffer.concat(chunks))
      })
    })
  })
