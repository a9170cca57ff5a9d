import type { Path } from '../locations.ts'
import { atItem, atKey, type Table } from './patterns.ts'
import { type Dict, isDict, isList, type Value } from './value.ts'

/** Gives the new value of a place that a table names. `path` is only lent. */
export type Apply<Row> = (row: Row, value: Value, path: Path) => Value

/**
 * Applies a table to a tree, in place. With `below: 'too'` the table also holds for what a function returned, else a place
 * that was treated is done with.
 */
export const transformTree = <Row>(
  root: Dict,
  rows: Table<Row>,
  apply: Apply<Row>,
  { below }: { readonly below: 'too' | 'left' } = { below: 'left' },
): void => {
  const path: (string | number)[] = []
  const visit = (value: Value, here: Table<Row>): Value => {
    const treated = here.row === undefined ? value : apply(here.row, value, path)
    if (here.row === undefined || below === 'too') {
      if (isDict(treated)) visitEntries(treated, here)
      else if (isList(treated)) visitItems(treated, here)
    }
    return treated
  }
  const visitEntries = (dict: Dict, here: Table<Row>): void => {
    for (const [key, entry] of dict) {
      const next = atKey(here, key)
      if (next === undefined) continue
      path.push(key)
      const changed = visit(entry, next)
      if (changed !== entry) dict.set(key, changed)
      path.pop()
    }
  }
  const visitItems = (list: Value[], here: Table<Row>): void => {
    const next = atItem(here)
    if (next === undefined) return
    for (const [index, item] of list.entries()) {
      path.push(index)
      list[index] = visit(item, next)
      path.pop()
    }
  }
  visitEntries(root, rows)
}

/** A path as the reference writes patterns: dotted, `[]` for list positions. */
export const patternOf = (path: Path): string =>
  path.map((part) => (typeof part === 'number' ? '[]' : part)).join('.')
