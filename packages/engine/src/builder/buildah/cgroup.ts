import { readdir, rmdir } from 'node:fs/promises'
import { join } from 'node:path'
import { isSystemError } from '@container-compose/core'

const root = '/sys/fs/cgroup'

/** Removes the cgroups of a build, in every hierarchy: a runtime that was killed leaves them. Idempotent. */
export const removeCgroup = async (path: string): Promise<void> => {
  const hierarchies = await readdir(root, { withFileTypes: true }).catch(() => [])
  const places = ['', ...hierarchies.filter((entry) => entry.isDirectory()).map(({ name }) => name)]
  await Promise.all(places.map((hierarchy) => removeTree(join(root, hierarchy, path))))
}

const removeTree = async (dir: string): Promise<void> => {
  const entries = await readdir(dir, { withFileTypes: true }).catch(() => [])
  for (const entry of entries) if (entry.isDirectory()) await removeTree(join(dir, entry.name))
  try {
    await rmdir(dir)
  } catch (error) {
    // Read-only, or somebody else's, or busy for a moment longer: it costs nothing to leave it.
    if (
      !['ENOENT', 'EBUSY', 'EROFS', 'EACCES', 'EPERM', 'ENOTEMPTY'].some((code) => isSystemError(error, code))
    )
      throw error
  }
}
