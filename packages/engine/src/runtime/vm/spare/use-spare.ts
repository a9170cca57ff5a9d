import { open, rename, rm, utimes } from 'node:fs/promises'
import { join } from 'node:path'
import type { Bundle } from '../../runtime.ts'
import type { StartTools } from '../container/start.ts'
import { switchEndpoint } from '../container/switch-endpoint.ts'
import { openDataDisks } from '../disk/data-disks.ts'
import { openOverlay } from '../disk/overlay.ts'
import { createLog } from '../log/container-log.ts'
import { Held } from '../machine/held.ts'
import { joinCgroups, machineLimits, makeCgroups } from '../machine/host-cgroup.ts'
import { takeLock } from '../machine/lock.ts'
import { machineFiles } from '../machine/restore.ts'
import { dataDisk, dataDiskFile, diskNodes, logChardev } from '../qemu/command-line.ts'
import type { Qmp } from '../qemu/qmp.ts'
import type { Spare } from './make-spare.ts'

/** The start that a spare is taken for. */
export interface SpareStart {
  readonly bundle: Bundle
  readonly run: number
  /** The switch has the endpoints: the bridges of its network cards are there. */
  readonly connected: Promise<unknown>
}

/**
 * Gives a spare what is a container's: first folder, disk and log, which its guest needs to be set up; then, `plugged`, cgroups and
 * network, which takes a while and need only be there before something of the container runs. It runs meanwhile, since a port of
 * a machine that stands still has no backend to be changed (QEMU's virtio-console.c), and outlives us once it is plugged.
 */
export const plugSpare = async (
  tools: StartTools,
  spare: Spare,
  { bundle, run, connected }: SpareStart,
): Promise<{ readonly plugged: Promise<unknown> }> => {
  const held = new Held()
  try {
    await spare.qmp.execute('cont')
    const outcomes = await Promise.allSettled([
      moveFiles(spare, bundle, tools.clock.now(), held),
      plugFiles(spare, bundle, run, held),
    ])
    // All of them have come to an end before descriptors are closed, whichever failed.
    throwFirst(outcomes)
  } finally {
    await held.close()
  }
  const plugged = Promise.allSettled([
    connected.then(() => plugNetwork(tools, spare, bundle)),
    // Not before the disk: whoever joins a cgroup waits in the kernel, in one of the few threads in which files are opened.
    limit(spare, bundle),
  ]).then((outcomes) => {
    throwFirst(outcomes)
    spare.machine.letGo()
  })
  // Whoever awaits it is told.
  plugged.catch(() => {})
  return { plugged }
}

const throwFirst = (outcomes: readonly PromiseSettledResult<unknown>[]): void => {
  for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason
}

/** Its lock, pid and sockets become those of the container's folder. */
const moveFiles = async ({ dir }: Spare, { runDir }: Bundle, now: number, held: Held): Promise<void> => {
  held.fd(await takeLock(runDir))
  // When it was made says nothing about the container's start.
  await utimes(join(dir, 'pid'), now / 1000, now / 1000)
  await Promise.all(machineFiles.map((name) => rename(join(dir, name), join(runDir, name))))
  await rm(dir, { recursive: true, force: true })
}

const plugFiles = async ({ qmp }: Spare, bundle: Bundle, run: number, held: Held): Promise<void> => {
  const baseFile = held.file(await open(bundle.image.ext4Base, 'r'))
  const overlay = await qmp.addDescriptor(held.file(await openOverlay(bundle.dir, baseFile)).fd)
  const base = await qmp.addDescriptor(baseFile.fd)
  const log = await qmp.addDescriptor(held.file(await createLog(bundle.dir, run)).fd)
  await qmp.execute('blockdev-add', {
    ...{ driver: 'qcow2', 'node-name': diskNodes.replacement, discard: 'unmap' },
    file: { driver: 'file', filename: overlay.path, locking: 'off', discard: 'unmap' },
    backing: { driver: 'file', filename: base.path, locking: 'off', 'read-only': true },
  })
  await plugDataDisks(qmp, bundle, held)
  const disk = {
    ...{ driver: 'raw', 'node-name': diskNodes.disk, discard: 'unmap' },
    file: diskNodes.replacement,
  }
  await Promise.all([
    qmp.execute('blockdev-reopen', { options: [disk] }),
    qmp.execute('chardev-change', {
      id: logChardev,
      backend: { type: 'file', data: { out: log.path, append: true } },
    }),
    // The disk that it has practised with.
    qmp.execute('blockdev-del', { 'node-name': diskNodes.placeholder }),
  ])
}

const plugDataDisks = async (qmp: Qmp, { diskMounts }: Bundle, held: Held): Promise<void> => {
  for (const [index, disk] of (await openDataDisks(diskMounts, held)).entries()) {
    const { path } = await qmp.addDescriptor(disk)
    await qmp.execute('blockdev-add', dataDiskFile(index, path))
    await qmp.execute('blockdev-reopen', { options: [dataDisk(index)] })
  }
}

const plugNetwork = async (tools: StartTools, { process }: Spare, bundle: Bundle): Promise<void> => {
  const netnsPath = `/proc/${process.pid}/ns/net`
  await Promise.all(
    bundle.endpoints.map((endpoint, index) =>
      tools.switch.plugTap(switchEndpoint(bundle.id, endpoint), { netnsPath, name: `tap${index}` }),
    ),
  )
}

const limit = async ({ process, template }: Spare, { id, spec }: Bundle): Promise<void> =>
  joinCgroups(await makeCgroups(id, machineLimits(spec.linux.resources, template.shape)), process.pid)
