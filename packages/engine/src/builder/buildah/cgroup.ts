import { readdir, readFile, rmdir } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { isSystemError } from '@container-compose/core'

const root = '/sys/fs/cgroup'

/**
 * Removes the cgroups of a build, in every hierarchy, and the one above them when it is empty: a runtime that was killed leaves
 * them. Idempotent.
 */
export const removeCgroup = async (path: string): Promise<void> => {
  const hierarchies = await readdir(root, { withFileTypes: true }).catch(() => [])
  const names = ['', ...hierarchies.filter((entry) => entry.isDirectory()).map(({ name }) => name)]
  const own = await ownCgroups()
  // In some hierarchies a runtime takes the path from where it is itself.
  const places = names.flatMap((name) =>
    [...new Set(['/', own.get(name) ?? '/'])].map((below) => join(root, name, below, path)),
  )
  await Promise.all(places.map(removeTree))
  await Promise.all(places.map((place) => removeEmpty(dirname(place), 0)))
}

/** Where this process is, by hierarchy (cgroups(7), /proc/PID/cgroup). */
const ownCgroups = async (): Promise<Map<string, string>> => {
  const lines = (await readFile('/proc/self/cgroup', 'utf8').catch(() => '')).split('\n')
  return new Map(
    lines.flatMap((line) => {
      const [, controllers = '', path = ''] = /^\d+:([^:]*):(.+)$/.exec(line) ?? []
      return path === '' ? [] : [[controllers.replace(/^name=/, ''), path] as const]
    }),
  )
}

const removeTree = async (dir: string): Promise<void> => {
  const entries = await readdir(dir, { withFileTypes: true }).catch(() => [])
  for (const entry of entries) if (entry.isDirectory()) await removeTree(join(dir, entry.name))
  await removeEmpty(dir)
}

/** What was killed may take a moment to leave it. Read-only, or somebody else's: it costs nothing to leave it. */
const removeEmpty = async (dir: string, attempts = 20): Promise<void> => {
  try {
    await rmdir(dir)
  } catch (error) {
    const harmless = ['ENOENT', 'EBUSY', 'EROFS', 'EACCES', 'EPERM', 'ENOTEMPTY']
    if (!harmless.some((code) => isSystemError(error, code))) throw error
    if (!isSystemError(error, 'EBUSY') || attempts === 0) return
    await sleep(50)
    await removeEmpty(dir, attempts - 1)
  }
}
