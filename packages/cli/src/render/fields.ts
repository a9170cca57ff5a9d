import { wrap } from './wrap.ts'

/** Names and values below each other. Values go on in their own column: at line ends, and where the terminal ends. */
export const renderFields = (
  fields: readonly (readonly [name: string, value: string])[],
  { columns }: { readonly columns: number | undefined },
): string => {
  const width = Math.max(...fields.map(([name]) => name.length)) + 2
  const room = columns === undefined ? Number.POSITIVE_INFINITY : Math.max(20, columns - width)
  return fields
    .flatMap(([name, value]) =>
      value
        .split('\n')
        .flatMap((line) => wrap(line, room))
        .map((line, index) => `${(index === 0 ? name : '').padEnd(width)}${line}\n`),
    )
    .join('')
}
