import { Dict, isDict, isList, type Value } from '../tree/value.ts'
import { extensionsKey } from './shapes.ts'

/** Mappings whose keys are names, so that `x-…` is one, too. */
const named = new Set(['services', 'volumes', 'networks', 'secrets', 'configs'])

/**
 * Puts the `x-` attributes of every mapping under one key of it, in place. Of every mapping: the reference treats labels and
 * variables that begin so in the same way, and shows them as such.
 */
export const collectExtensions = (root: Dict): void => {
  collectIn(root)
  for (const [kind, holder] of root) {
    if (kind === extensionsKey || !isDict(holder)) continue
    for (const [name, entry] of holder) {
      if (kind === 'services' && isDict(entry)) visitService(entry)
      else if (named.has(kind) || !name.startsWith('x-')) visit(entry)
    }
    if (!named.has(kind)) collectIn(holder)
  }
}

const visitService = (service: Dict): void => {
  for (const [key, entry] of service) {
    if (key.startsWith('x-')) continue
    if (key === 'depends_on' && isDict(entry)) for (const dependency of entry.values()) visit(dependency)
    else visit(entry)
  }
  collectIn(service)
}

const visit = (value: Value): void => {
  if (isDict(value)) {
    for (const [key, entry] of value) if (!key.startsWith('x-') && typeof entry === 'object') visit(entry)
    collectIn(value)
  } else if (isList(value)) {
    for (const item of value) if (isDict(item)) visit(item)
  }
}

const collectIn = (value: Dict): void => {
  let extensions: Dict | undefined
  for (const key of value.keys()) {
    if (!key.startsWith('x-')) continue
    extensions ??= new Dict()
    extensions.set(key, value.get(key) as Value)
    value.delete(key)
  }
  if (extensions !== undefined) value.set(extensionsKey, extensions)
}
