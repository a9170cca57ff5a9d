/**
 * A table from path patterns to what a stage does there. In a pattern `*` stands for any key and any list position, `[]` for
 * any list position; an exact key is preferred to them.
 */
export interface Table<Row> {
  readonly row: Row | undefined
  readonly keys: ReadonlyMap<string, Table<Row>>
  readonly anyKey: Table<Row> | undefined
  readonly anyItem: Table<Row> | undefined
}

interface Building<Row> {
  row: Row | undefined
  keys: Map<string, Building<Row>>
  anyKey: Building<Row> | undefined
  anyItem: Building<Row> | undefined
}

/** Builds the table of these rows: dotted pattern, what is done there. */
export const table = <Row>(rows: readonly (readonly [pattern: string, row: Row])[]): Table<Row> => {
  const root = emptyTable<Row>()
  for (const [pattern, row] of rows) {
    let here = root
    for (const part of pattern.split('.')) here = branch(here, part)
    here.row = row
  }
  return root
}

const emptyTable = <Row>(): Building<Row> => ({
  row: undefined,
  keys: new Map(),
  anyKey: undefined,
  anyItem: undefined,
})

const branch = <Row>(from: Building<Row>, part: string): Building<Row> => {
  if (part === '*') {
    from.anyKey ??= emptyTable()
    return from.anyKey
  }
  if (part === '[]') {
    from.anyItem ??= emptyTable()
    return from.anyItem
  }
  const known = from.keys.get(part)
  if (known !== undefined) return known
  const made = emptyTable<Row>()
  from.keys.set(part, made)
  return made
}

/** The part of a table below a key of a mapping; undefined when no pattern reaches there. */
export const atKey = <Row>(here: Table<Row> | undefined, key: string): Table<Row> | undefined =>
  here === undefined ? undefined : (here.keys.get(key) ?? here.anyKey)

/** The part of a table below the items of a list. */
export const atItem = <Row>(here: Table<Row> | undefined): Table<Row> | undefined =>
  here === undefined ? undefined : (here.anyItem ?? here.anyKey)
