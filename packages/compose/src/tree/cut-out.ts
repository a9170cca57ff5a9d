import type { FaultyPart } from '../report.ts'
import { type Dict, isDict, isList, type Value } from './value.ts'

/** Takes parts out of a tree, in place, so that what is left can be looked at. */
export const cutOut = (root: Dict, parts: readonly FaultyPart[]): void => {
  // Later items first: the places of earlier ones stay what they are.
  const ordered = [...parts].sort((a, b) => comparePaths(b.path, a.path))
  for (const { path, keys } of ordered) {
    let holder: Value | undefined = root
    const above = keys === undefined ? path.slice(0, -1) : path
    for (const part of above) holder = partOf(holder, part)
    for (const key of keys ?? [String(path[path.length - 1])]) {
      if (isDict(holder)) holder.delete(key)
      else if (isList(holder)) {
        holder.splice(Number(key), 1)
        if (holder.nodes !== undefined)
          holder.nodes = holder.nodes.filter((_, index) => index !== Number(key))
      }
    }
  }
}

const partOf = (holder: Value | undefined, part: string | number): Value | undefined =>
  isDict(holder) ? holder.get(String(part)) : isList(holder) ? holder[Number(part)] : undefined

const comparePaths = (a: FaultyPart['path'], b: FaultyPart['path']): number => {
  for (let at = 0; at < Math.min(a.length, b.length); at += 1) {
    const [x, y] = [String(a[at]), String(b[at])]
    if (x !== y) return Number(x) - Number(y) || (x < y ? -1 : 1)
  }
  return a.length - b.length
}
