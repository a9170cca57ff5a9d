export interface TableStyle {
  /** Least width of a column. */
  readonly minimum: number
  /** Spaces between the longest cell and the next column. */
  readonly gap: number
}

/** Columns as wide as their longest cell, the last one as it is; every line ends. */
export const renderTable = (
  header: readonly string[],
  rows: readonly (readonly string[])[],
  { minimum, gap }: TableStyle,
): string => {
  const lines = [header, ...rows]
  const widths = header.map((_, column) =>
    Math.max(minimum, ...lines.map((line) => [...(line[column] ?? '')].length + gap)),
  )
  return lines
    .map((line) =>
      line
        .map((cell, column) =>
          column === line.length - 1 ? cell : cell + ' '.repeat((widths[column] ?? 0) - [...cell].length),
        )
        .join(''),
    )
    .map((line) => `${line}\n`)
    .join('')
}
