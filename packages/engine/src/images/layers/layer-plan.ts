import type { TarEntry } from '../tar/header.ts'
import { nameBudget } from '../tar/name-budget.ts'

/** A layer holds something that has no place in an image, or is larger than allowed. */
export class LayerError extends Error {
  override readonly name = 'LayerError'
}

export interface LayerLimits {
  /** Of the unpacked archive, its padding included. */
  readonly bytes: number
  readonly entries: number
}

export const defaultLimits: LayerLimits = { bytes: 32 * 1024 ** 3, entries: 2_000_000 }

/** What a layer takes away from those below it (image-spec layer.md, "Whiteouts"), as paths without a leading slash. */
export interface Whiteouts {
  readonly removed: readonly string[]
  /** Directories of which nothing below shows. */
  readonly opaque: readonly string[]
}

export interface LayerPlan {
  /**
   * The members to unpack for one member of a layer, in order: none, itself under a safe name, or the directories above it first.
   * No name has `..`, is absolute, or leads through a link: they hold for a plain `tar -x` into an empty directory.
   */
  admit(entry: TarEntry): readonly TarEntry[]
  whiteouts(): Whiteouts
}

type Node =
  | { readonly type: 'directory' | 'other' | 'dropped' }
  | { readonly type: 'symlink'; readonly to: string }

const whiteoutPrefix = '.wh.'
const opaqueMarker = '.wh..wh..opq'

/**
 * Decides about every member of one layer before anything touches the disk. As the layer is unpacked into an empty directory, the
 * members so far are all that is there: where a path leads is looked up here, never on the disk.
 */
export const planLayer = (limits: LayerLimits): LayerPlan => {
  const nodes = new Map<string, Node>([['', { type: 'directory' }]])
  const removed = new Set<string>()
  const opaque = new Set<string>()
  const spend = nameBudget()
  let count = 0

  const set = (path: string, node: Node): void => {
    spend(path)
    nodes.set(path, node)
  }

  /** Follows symbolic links of this layer, inside its root as a chroot would; lists the directories that are not there yet. */
  const resolve = (components: readonly string[], shown: string): { at: string[]; missing: string[] } => {
    const at: string[] = []
    const missing: string[] = []
    const pending = [...components]
    for (let hops = 0; pending.length > 0; ) {
      const next = pending.shift() ?? ''
      if (next === '' || next === '.') continue
      if (next === '..') {
        at.pop()
        continue
      }
      at.push(next)
      const path = at.join('/')
      const node = nodes.get(path)
      if (node === undefined) missing.push(path)
      else if (node.type === 'symlink') {
        if (++hops > 40) throw new LayerError(`${shown} leads through too many symbolic links`)
        at.pop()
        if (node.to.startsWith('/')) at.length = 0
        pending.unshift(...node.to.split('/'))
      } else if (node.type !== 'directory')
        throw new LayerError(`${shown} leads through ${quote(path)}, which is no directory`)
    }
    return { at, missing }
  }

  const directoriesFor = (paths: readonly string[], entry: TarEntry): TarEntry[] =>
    paths.map((path) => {
      set(path, { type: 'directory' })
      // Docker makes directories that a layer needs but does not have with these rights.
      return {
        ...entry,
        type: 'directory',
        name: `${path}/`,
        linkName: '',
        mode: 0o755,
        uid: 0,
        gid: 0,
        size: 0,
        xattrs: new Map(),
      }
    })

  const whiteout = (parent: string, base: string, shown: string): void => {
    spend(`${parent}/${base}`)
    if (base === opaqueMarker) opaque.add(parent)
    // Other names of that form are leftovers of aufs, which every engine ignores.
    if (base.startsWith(`${whiteoutPrefix}.wh.`)) return
    const name = base.slice(whiteoutPrefix.length)
    if (name === '' || name === '.' || name === '..') throw new LayerError(`${shown} is no valid whiteout`)
    removed.add(parent === '' ? name : `${parent}/${name}`)
  }

  const hardlink = (entry: TarEntry): string | undefined => {
    const shown = `link target ${quote(entry.linkName)} of ${quote(entry.name)}`
    const components = safeComponents(entry.linkName, shown)
    const base = components.pop()
    const path = [...resolve(components, shown).at, base].join('/')
    const target = nodes.get(path)
    if (target?.type === 'dropped') return undefined
    if (base === undefined || target === undefined || target.type === 'directory')
      throw new LayerError(`${shown} is no file of this layer`)
    return path
  }

  return {
    admit: (entry) => {
      if (++count > limits.entries) throw new LayerError(`more than ${limits.entries} entries`)
      const shown = quote(entry.name)
      const components = safeComponents(entry.name, shown)
      const base = components.pop()
      if (base === undefined) {
        if (entry.type !== 'directory') throw new LayerError('the root of the image is no directory')
        return [clean(entry, './')]
      }
      if (components.some((part) => part.startsWith(whiteoutPrefix)))
        throw new LayerError(`${shown} lies in a whiteout`)
      const { at, missing } = resolve(components, shown)
      const above = directoriesFor(missing, entry)
      const parent = at.join('/')
      if (base.startsWith(whiteoutPrefix)) {
        whiteout(parent, base, shown)
        return above
      }
      const path = parent === '' ? base : `${parent}/${base}`
      const before = nodes.get(path)
      const isDirectory = entry.type === 'directory'
      if (before !== undefined && (before.type === 'directory') !== isDirectory)
        throw new LayerError(`${shown} is there twice, once as a directory`)
      // GNU tar makes some links last of all, over what came after them.
      if (before?.type === 'symlink') throw new LayerError(`${shown} is there twice, once as a symbolic link`)
      // A device node of an image would be one on the host, too; containers get theirs from the runtime.
      const to = entry.type === 'hardlink' ? hardlink(entry) : entry.linkName
      if (entry.type === 'character' || entry.type === 'block' || to === undefined) {
        set(path, { type: 'dropped' })
        return above
      }
      set(path, nodeOf(entry, nodes.get(to)))
      return [...above, clean({ ...entry, linkName: to }, isDirectory ? `${path}/` : path)]
    },
    whiteouts: () => ({ removed: [...removed].sort(), opaque: [...opaque].sort() }),
  }
}

const nodeOf = (entry: TarEntry, linked: Node | undefined): Node => {
  if (entry.type === 'directory') return { type: 'directory' }
  if (entry.type === 'symlink') return { type: 'symlink', to: entry.linkName }
  // A hard link to a symbolic link is that link.
  return (entry.type === 'hardlink' ? linked : undefined) ?? { type: 'other' }
}

const safeComponents = (name: string, shown: string): string[] => {
  if (name.length > 4096 || name.includes('\0'))
    throw new LayerError(`${shown.slice(0, 100)} is no valid name`)
  const components = name.split('/').filter((part) => part !== '' && part !== '.')
  if (components.includes('..')) throw new LayerError(`${shown} points outside of the image`)
  if (components.some((part) => part.length > 255))
    throw new LayerError(`${shown.slice(0, 100)} has too long a part`)
  return components
}

/** Extended attributes that mean something in a container; those of overlayfs and of security modules would mean something to the host. */
const clean = (entry: TarEntry, name: string): TarEntry => ({
  ...entry,
  name,
  xattrs: new Map(
    [...entry.xattrs].filter(
      ([key]) =>
        key === 'security.capability' || (key.startsWith('user.') && !key.startsWith('user.overlay.')),
    ),
  ),
})

const quote = (name: string): string => JSON.stringify(Buffer.from(name, 'latin1').toString())
