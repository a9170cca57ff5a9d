import { filterList } from '../merge/sequences.ts'
import { table } from '../tree/patterns.ts'
import { transformTree } from '../tree/transform.ts'
import { type Dict, isList } from '../tree/value.ts'

const omitted = table<true>([['services.*.dns', true]])

/** Drops empty items where they mean nothing, in place. */
export const omitEmpty = (root: Dict): void =>
  transformTree(root, omitted, (_, value) =>
    isList(value) ? filterList(value, (item) => item !== null && item !== '') : value,
  )
