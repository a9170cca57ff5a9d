import { plainValue } from '../bind/plain.ts'
import { type Dict, isDict, isList, type Value } from '../tree/value.ts'
import { goJson } from './json.ts'
import { compareKeys } from './key-order.ts'
import { Entries, type Printable, printYaml } from './yaml.ts'

/** A tree as `config --no-interpolate` prints it: what the files say, sorted. */
export const modelYaml = (root: Dict): string => printYaml(printable(root) as Entries)

export const modelJson = (root: Dict): string => goJson(plainValue(root), '  ')

const printable = (value: Value): Printable => {
  if (isDict(value))
    return new Entries(
      [...value.keys()].sort(compareKeys).map((key) => [key, printable(value.get(key) ?? null)]),
    )
  return isList(value) ? value.map(printable) : (value as Printable)
}

/** Mappings of texts and booleans by name, in this order, as YAML with Go's four spaces. */
export const modelYamlOf = (
  entries: readonly (readonly [name: string, members: Readonly<Record<string, string | boolean>>])[],
): string =>
  printYaml(
    new Entries(entries.map(([name, members]) => [name, new Entries(Object.entries(members))])),
  ).replace(/^ {2}/gm, '    ')
