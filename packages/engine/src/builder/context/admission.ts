import { badParameter } from '../../api/errors.ts'
import type { TarEntry } from '../../images/tar/header.ts'
import { nameBudget } from '../../images/tar/name-budget.ts'

/**
 * Judges the members of a context in their order. What it gives back is safe for a plain `tar -x` into an empty directory: no name
 * is absolute, has `..` or leads through a link. Where links point is nobody's business here: who follows them later does it inside
 * the context.
 *
 * @throws ApiError 400 for anything else, named
 */
export const admission = (): ((entry: TarEntry) => TarEntry | undefined) => {
  /** What stands under a path so far. */
  const kinds = new Map<string, 'directory' | 'file' | 'link'>()

  const spend = nameBudget()

  const set = (path: string, kind: 'directory' | 'file' | 'link'): void => {
    spend(path)
    kinds.set(path, kind)
  }

  /** Above a directory that is known, all is known. */
  const enterParents = (name: string, shown: string): void => {
    for (let end = name.lastIndexOf('/'); end > 0; end = name.lastIndexOf('/', end - 1)) {
      const parent = name.slice(0, end)
      const kind = kinds.get(parent)
      if (kind === 'directory') return
      if (kind !== undefined)
        throw badParameter(
          `invalid build context: ${shown} leads through ${quote(parent)}, which is no directory`,
        )
      set(parent, 'directory')
    }
  }

  return (entry) => {
    const shown = quote(entry.name)
    const components = componentsOf(entry.name, shown)
    if (components.length === 0) return undefined
    const name = components.join('/')
    enterParents(name, shown)
    const safe = { ...entry, name, uid: 0, gid: 0, xattrs: new Map<string, Buffer>() }
    const before = kinds.get(name)
    switch (entry.type) {
      case 'directory':
        if (before !== undefined && before !== 'directory') throw twice(shown)
        set(name, 'directory')
        return { ...safe, name: `${name}/` }
      case 'file':
      case 'symlink':
        if (before !== undefined) throw twice(shown)
        set(name, entry.type === 'file' ? 'file' : 'link')
        return safe
      case 'hardlink': {
        const target = componentsOf(entry.linkName, `the link target of ${shown}`).join('/')
        if (before !== undefined) throw twice(shown)
        if (kinds.get(target) !== 'file')
          throw badParameter(
            `invalid build context: ${shown} is a hard link to ${quote(target)}, which is no file in it`,
          )
        set(name, 'file')
        return { ...safe, linkName: target }
      }
      default:
        throw badParameter(
          `invalid build context: ${shown} is a ${nouns[entry.type]}; leave it out by a .dockerignore`,
        )
    }
  }
}

/** PATH_MAX of the kernel. */
const longestName = 4096

const nouns = { character: 'character device', block: 'block device', fifo: 'named pipe' }

const componentsOf = (name: string, shown: string): string[] => {
  if (name.length > longestName)
    throw badParameter(`invalid build context: ${shown.slice(0, 100)}… is too long`)
  const components = name.split('/').filter((part) => part !== '' && part !== '.')
  if (name.includes('\0') || components.includes('..'))
    throw badParameter(`invalid build context: ${shown} leads out of it`)
  return components
}

const twice = (shown: string) => badParameter(`invalid build context: ${shown} is there twice`)

/** Names are one character per byte. */
const quote = (name: string): string => JSON.stringify(Buffer.from(name, 'latin1').toString())
