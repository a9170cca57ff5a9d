import { mkdir, readFile, rmdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { isSystemError } from '@container-compose/core'
import type { OciResources } from '../../oci-spec.ts'
import type { MachineShape } from '../shape.ts'

/**
 * Limits of the host for one machine: a hostile guest is not bound by the cgroup that its own kernel keeps. Wider than that one,
 * so that an honest guest never meets them.
 */
export interface MachineLimits {
  readonly memoryBytes: number
  readonly cpus: number | undefined
  readonly pids: number
}

const mebibyte = 1024 * 1024
/** Translated code, devices' buffers, page tables: an idle machine has 45 MiB of them, a busy one with eight cards 150. */
const overheadBytes = 384 * mebibyte
const overheadThreads = 128

export const machineLimits = (resources: OciResources, shape: MachineShape): MachineLimits => ({
  memoryBytes: shape.memoryMib * mebibyte + overheadBytes,
  // A whole one at least: less would only make starting slow, and the guest has its own quota.
  cpus:
    resources.cpuQuota === undefined || resources.cpuQuota <= 0
      ? undefined
      : Math.max(1, resources.cpuQuota / (resources.cpuPeriod ?? 100_000)),
  pids: shape.vcpus + overheadThreads,
})

const root = '/sys/fs/cgroup'
const parent = 'container-compose'
const periodUs = 100_000

/**
 * Makes the cgroup of a machine in each hierarchy that can be written here (version 2, or the controllers of version 1), and
 * returns their directories: none where cgroups are read-only or kept by somebody else.
 */
export const makeCgroups = async (containerId: string, limits: MachineLimits): Promise<string[]> => {
  const isUnified = await readFile(join(root, 'cgroup.controllers'), 'utf8').then(
    (controllers) => controllers.includes('memory'),
    () => false,
  )
  return isUnified ? makeUnified(containerId, limits) : makeSeparate(containerId, limits)
}

const makeUnified = async (containerId: string, limits: MachineLimits): Promise<string[]> => {
  const above = join(root, parent)
  const dir = join(above, containerId)
  const isMade = await tryTo(async () => {
    await writeFile(join(root, 'cgroup.subtree_control'), '+cpu +memory +pids')
    await mkdir(above, { recursive: true })
    await writeFile(join(above, 'cgroup.subtree_control'), '+cpu +memory +pids')
    await mkdir(dir, { recursive: true })
    await writeFile(join(dir, 'memory.max'), String(limits.memoryBytes))
    await writeFile(join(dir, 'pids.max'), String(limits.pids))
    if (limits.cpus !== undefined)
      await writeFile(join(dir, 'cpu.max'), `${Math.round(limits.cpus * periodUs)} ${periodUs}`)
  })
  return isMade ? [dir] : []
}

const makeSeparate = async (containerId: string, limits: MachineLimits): Promise<string[]> => {
  const made = await Promise.all(
    separateSettings(limits).map(async ([controller, settings]) => {
      const dir = join(root, controller, parent, containerId)
      const isMade = await tryTo(async () => {
        // Without the controller this would make a plain directory in the tmpfs above.
        await readFile(join(root, controller, 'cgroup.procs'))
        await mkdir(dir, { recursive: true })
        for (const [name, value] of settings) await writeFile(join(dir, name), value)
      })
      return isMade ? [dir] : []
    }),
  )
  return made.flat()
}

const separateSettings = ({ memoryBytes, cpus, pids }: MachineLimits): [string, [string, string][]][] => [
  ['memory', [['memory.limit_in_bytes', String(memoryBytes)]]],
  ['pids', [['pids.max', String(pids)]]],
  [
    'cpu',
    cpus === undefined
      ? []
      : [
          ['cpu.cfs_period_us', String(periodUs)],
          ['cpu.cfs_quota_us', String(Math.round(cpus * periodUs))],
        ],
  ],
]

/** What a host does not let us do with cgroups is done without. */
const tryTo = async (work: () => Promise<void>): Promise<boolean> => {
  try {
    await work()
    return true
  } catch (error) {
    if (['EROFS', 'EACCES', 'EPERM', 'ENOENT', 'EBUSY', 'EINVAL'].some((code) => isSystemError(error, code)))
      return false
    throw error
  }
}

/** Puts a process that runs into cgroups. What it has used until then stays with those that it was in. */
export const joinCgroups = async (cgroups: readonly string[], pid: number): Promise<void> => {
  await Promise.all(cgroups.map((dir) => writeFile(join(dir, 'cgroup.procs'), String(pid))))
}

/** Removes a machine's cgroups, wherever they are. The launcher may take a moment to leave them. Idempotent. */
export const removeCgroups = async (containerId: string): Promise<void> => {
  const places = ['', 'memory', 'pids', 'cpu'].map((controller) =>
    join(root, controller, parent, containerId),
  )
  await Promise.all(places.map((dir) => removeCgroup(dir, 20)))
}

const removeCgroup = async (dir: string, attempts: number): Promise<void> => {
  try {
    await rmdir(dir)
  } catch (error) {
    if (!isSystemError(error, 'EBUSY') || attempts === 0) return
    await sleep(50)
    await removeCgroup(dir, attempts - 1)
  }
}
