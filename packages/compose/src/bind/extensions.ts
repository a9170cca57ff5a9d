import { Dict, isDict, isList, type Value } from '../tree/value.ts'
import { extensionsKey } from './shapes.ts'

/** Mappings whose keys are names, so that `x-…` is one, too. */
const named = new Set(['services', 'volumes', 'networks', 'secrets', 'configs'])

/**
 * Puts the `x-` attributes of every mapping under one key of it, in place. Of every mapping: the reference treats labels and
 * variables that begin so in the same way, and shows them as such.
 */
export const collectExtensions = (root: Dict): void => visit(root, [])

const visit = (value: Dict, path: readonly string[]): void => {
  const keepsNames =
    (path.length === 1 && named.has(path[0] as string)) ||
    (path.length === 3 && path[0] === 'services' && path[2] === 'depends_on')
  let extensions: Dict | undefined
  for (const [key, entry] of value) {
    if (!keepsNames && key.startsWith('x-')) {
      extensions ??= new Dict()
      extensions.set(key, entry)
      value.delete(key)
    } else visitBelow(entry, path, key)
  }
  if (extensions !== undefined) value.set(extensionsKey, extensions)
}

const visitBelow = (entry: Value, path: readonly string[], key: string): void => {
  if (isDict(entry)) visit(entry, [...path, key])
  else if (isList(entry))
    for (const [index, item] of entry.entries()) if (isDict(item)) visit(item, [...path, String(index)])
}
