import { type Dict, isDict, type Value } from '../tree/value.ts'

/** Forgets what earlier files say at places that a later one marks `!reset` or `!override`. Items of lists are kept. */
export const applyResets = (root: Dict, resets: readonly (readonly string[])[]): void => {
  for (const path of resets) {
    let holder: Value | undefined = root
    for (const key of path.slice(0, -1)) holder = isDict(holder) ? holder.get(key) : undefined
    const last = path[path.length - 1]
    if (isDict(holder) && last !== undefined) holder.delete(last)
  }
}
