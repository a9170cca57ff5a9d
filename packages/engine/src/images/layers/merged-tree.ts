import { lstat, readlink } from 'node:fs/promises'
import { join } from 'node:path'
import { isSystemError } from '@container-compose/core'
import type { Layer } from './layer-store.ts'

/** The topmost paths of which a layer shows nothing from below: what it removed, and its opaque directories. */
export const hiddenBy = ({ removed, opaque }: Pick<Layer, 'removed' | 'opaque'>): ReadonlySet<string> => {
  const all = new Set([...removed, ...opaque])
  const isBelowAnother = (path: string): boolean => {
    if (path !== '' && all.has('')) return true
    for (let slash = path.indexOf('/'); slash !== -1; slash = path.indexOf('/', slash + 1))
      if (all.has(path.slice(0, slash))) return true
    return false
  }
  return new Set([...all].filter((path) => !isBelowAnother(path)))
}

/**
 * Where the directory `path` of an image really lies, with every symbolic link resolved inside the image: a path without links,
 * relative to its root (`` for the root itself). Undefined when there is no such directory.
 *
 * @param layers top first
 */
export const resolveDirectory = async (
  layers: readonly Layer[],
  path: string,
): Promise<string | undefined> => {
  const root: Level = {
    name: '',
    layers: await visible(
      layers.map((layer) => ({ layer, hidden: hiddenBy(layer) })),
      '',
    ),
  }
  let levels: Level[] = [root]
  const pending = path.split('/')
  for (let hops = 0; pending.length > 0; ) {
    const next = pending.shift() ?? ''
    if (next === '' || next === '.') continue
    if (next === '..') {
      if (levels.length > 1) levels.pop()
      continue
    }
    const parent = levels.at(-1) ?? root
    const at = [...levels.slice(1).map(({ name }) => name), next].join('/')
    const found = await visible(parent.layers, at)
    const top = found[0]
    if (top === undefined) return undefined
    const stat = await lstat(join(top.layer.tree, at))
    if (stat.isDirectory()) levels.push({ name: next, layers: found })
    else if (!stat.isSymbolicLink() || ++hops > 40) return undefined
    else {
      const target = await readlink(join(top.layer.tree, at))
      if (target.startsWith('/')) levels = [root]
      pending.unshift(...target.split('/'))
    }
  }
  return levels
    .slice(1)
    .map(({ name }) => name)
    .join('/')
}

interface Level {
  readonly name: string
  /** Those that contribute to the directory, top first. A layer where the path leads through a link is never among them. */
  readonly layers: readonly Contribution[]
}

interface Contribution {
  readonly layer: Layer
  readonly hidden: ReadonlySet<string>
}

/** The layers that contribute to `path`: one for a file or link, all that merge for a directory. */
const visible = async (layers: readonly Contribution[], path: string): Promise<Contribution[]> => {
  const found: Contribution[] = []
  for (const contribution of layers) {
    const kind = await kindOf(join(contribution.layer.tree, path))
    if (kind === 'other' && found.length === 0) return [contribution]
    if (kind === 'other') break
    if (kind === 'directory') found.push(contribution)
    if (contribution.hidden.has(path)) break
  }
  return found
}

const kindOf = async (path: string): Promise<'directory' | 'other' | 'absent'> => {
  try {
    return (await lstat(path)).isDirectory() ? 'directory' : 'other'
  } catch (error) {
    if (isSystemError(error, 'ENOENT') || isSystemError(error, 'ENOTDIR')) return 'absent'
    throw error
  }
}
