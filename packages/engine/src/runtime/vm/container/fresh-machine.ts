import { open } from 'node:fs/promises'
import { connect } from 'node:net'
import { join } from 'node:path'
import { AgentClient } from '@container-compose/guest'
import type { Bundle } from '../../runtime.ts'
import { openDataDisks } from '../disk/data-disks.ts'
import { openOverlay } from '../disk/overlay.ts'
import { createLog } from '../log/container-log.ts'
import { Held } from '../machine/held.ts'
import { machineLimits, makeCgroups, removeCgroups } from '../machine/host-cgroup.ts'
import { takeLock } from '../machine/lock.ts'
import { MachineProcess } from '../machine/process.ts'
import { type Restoring, restore, sockets } from '../machine/restore.ts'
import { userIdOf } from '../machine/user-id.ts'
import type { Acceleration } from '../qemu/command-line.ts'
import type { Launched } from '../qemu/launch.ts'
import type { Qmp } from '../qemu/qmp.ts'
import type { MachineShape } from '../shape.ts'
import type { Template } from '../template/templates.ts'
import type { StartTools } from './start.ts'
import { switchEndpoint } from './switch-endpoint.ts'
import { withLastWords } from './with-last-words.ts'

/** A machine that runs, with all that is the container's on the host, and whose guest knows nothing yet. */
export interface ReadyMachine {
  readonly machine: Launched
  readonly process: MachineProcess
  readonly qmp: Qmp
  /** The agent answers. */
  readonly reached: Promise<AgentClient>
  /** Limits and network are the container's: until then nothing of it may run. */
  readonly plugged: Promise<unknown>
  readonly acceleration: Acceleration
}

/** A slow machine is no error; one that has ended is seen at once. */
const agentDeadlineMs = 300_000

/** Restores a machine from the template of that shape. Nothing of it is left when that fails. */
export const freshMachine = async (
  tools: StartTools,
  shape: MachineShape,
  bundle: Bundle,
  run: number,
): Promise<ReadyMachine> => {
  const template = await tools.templates.get(shape)
  const held = new Held()
  let restoring: Restoring
  try {
    restoring = await restoreContainer(tools, template, bundle, run, held)
  } catch (error) {
    await removeCgroups(bundle.id)
    throw await withLastWords(error, bundle)
  } finally {
    await held.close()
  }
  const { machine } = restoring
  const process = new MachineProcess(machine.pid)
  let qmp: Qmp | undefined
  try {
    qmp = await restoring.loaded()
    const reached = AgentClient.connect(connect(join(bundle.runDir, sockets.agent)), {
      takeOver: false,
      signal: AbortSignal.timeout(agentDeadlineMs),
    })
    // Whoever awaits it is told; until then the machine may end.
    reached.catch(() => {})
    await qmp.execute('cont')
    const plugged = Promise.resolve()
    return { machine, process, qmp, reached, plugged, acceleration: template.acceleration }
  } catch (error) {
    qmp?.close()
    await process.kill()
    await machine.exited
    await removeCgroups(bundle.id)
    throw await withLastWords(error, bundle)
  }
}

const restoreContainer = async (
  tools: StartTools,
  template: Template,
  bundle: Bundle,
  run: number,
  held: Held,
): Promise<Restoring> => {
  const lock = held.fd(await takeLock(bundle.runDir))
  const base = held.file(await open(bundle.image.ext4Base, 'r'))
  const overlay = held.file(await openOverlay(bundle.dir, base))
  const dataDisks = await openDataDisks(bundle.diskMounts, held)
  const log = held.file(await createLog(bundle.dir, run))
  const taps: number[] = []
  for (const endpoint of bundle.endpoints)
    taps.push(held.fd(await tools.switch.openTap(switchEndpoint(bundle.id, endpoint))))
  return restore({
    template,
    dir: bundle.runDir,
    uid: userIdOf(bundle.id),
    cgroups: await makeCgroups(bundle.id, machineLimits(bundle.spec.linux.resources, template.shape)),
    lock,
    disk: { overlay, base },
    dataDisks,
    log,
    taps,
  })
}
