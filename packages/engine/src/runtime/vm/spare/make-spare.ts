import { randomBytes } from 'node:crypto'
import { mkdtemp, open, readdir, rm, writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { join } from 'node:path'
import type { Clock } from '@container-compose/core'
import { AgentClient } from '@container-compose/guest'
import { tryFlock } from '@container-compose/native'
import { rehearsalSetup, thisMoment } from '../container/guest-setup.ts'
import { newQcow2 } from '../disk/qcow2.ts'
import { Held } from '../machine/held.ts'
import { lockPath, MachineProcess } from '../machine/process.ts'
import { restore, sockets } from '../machine/restore.ts'
import { userIdOf } from '../machine/user-id.ts'
import { closeAll } from '../qemu/close-all.ts'
import { diskBytes } from '../qemu/command-line.ts'
import type { Launched } from '../qemu/launch.ts'
import type { Qmp } from '../qemu/qmp.ts'
import type { Template } from '../template/templates.ts'

/** A machine that stands still and waits to become some container's. It ends when we do. */
export interface Spare {
  /** With its lock, sockets and pid, named as in a container's runtime folder. */
  readonly dir: string
  readonly template: Template
  readonly machine: Launched
  readonly process: MachineProcess
  readonly qmp: Qmp
  readonly agent: AgentClient
}

const deadlineMs = 300_000
/** What the guest's kernel puts off (grace periods, the end of the journal's thread) shall not wait for the container. */
const settleMs = 300

/**
 * Restores a machine and has it run a container for practice: what emulation translates for that is there when it counts. Then
 * it is stopped, and costs its memory alone.
 */
export const makeSpare = async (template: Template, runDir: string, clock: Clock): Promise<Spare> => {
  const dir = await mkdtemp(join(runDir, folderPrefix))
  let machine: Launched | undefined
  let qmp: Qmp | undefined
  let agent: AgentClient | undefined
  try {
    const restoring = await restoreSpare(template, dir)
    machine = restoring.machine
    machine.unref()
    qmp = await restoring.loaded()
    const connecting = AgentClient.connect(connect(join(dir, sockets.agent)), {
      takeOver: false,
      signal: AbortSignal.timeout(deadlineMs),
    })
    connecting.catch(() => {})
    await qmp.execute('cont')
    agent = await connecting
    await agent.rehearse(rehearsalSetup(thisMoment(clock.now())))
    await clock.sleep(settleMs)
    await qmp.execute('stop')
    return { dir, template, machine, process: new MachineProcess(machine.pid), qmp, agent }
  } catch (error) {
    agent?.close()
    qmp?.close()
    if (machine !== undefined) await new MachineProcess(machine.pid).kill()
    await rm(dir, { recursive: true, force: true })
    throw error
  }
}

const restoreSpare = async (template: Template, dir: string): ReturnType<typeof restore> => {
  const held = new Held()
  try {
    const lock = await tryFlock(lockPath(dir))
    if (lock === undefined) throw new Error(`somebody else holds ${lockPath(dir)}`)
    held.fd(lock)
    const disk = join(dir, 'disk.qcow2')
    await writeFile(disk, newQcow2(diskBytes), { mode: 0o600 })
    const overlay = held.file(await open(disk, 'r+'))
    await rm(disk)
    return await restore({
      template,
      dir,
      uid: userIdOf(randomBytes(3).toString('hex')),
      cgroups: [],
      lock,
      disk: { overlay, base: held.file(await open(template.rehearsalDisk, 'r')) },
      dataDisks: [],
      log: held.file(await open('/dev/null', 'a')),
      taps: [],
      isSpare: true,
    })
  } finally {
    await held.close()
  }
}

/** Ends a spare that is nobody's. */
export const dropSpare = async ({ dir, process, qmp, agent }: Spare): Promise<void> => {
  agent.close()
  qmp.close()
  await process.kill()
  await rm(dir, { recursive: true, force: true })
}

const folderPrefix = 'spare-'

/** Removes the folders of spares whose engine was killed: their machines ended with it, or are about to. */
export const removeAbandoned = async (runDir: string): Promise<void> => {
  for (const name of await readdir(runDir)) {
    if (!name.startsWith(folderPrefix)) continue
    const lock = await tryFlock(lockPath(join(runDir, name))).catch(() => undefined)
    if (lock === undefined) continue
    await closeAll([lock])
    await rm(join(runDir, name), { recursive: true, force: true })
  }
}
