/** Decimal units with four digits (or fewer), as Docker's tools write sizes: `19.97kB`. */
export const size = (bytes: number, digits = 4): string => {
  const units = ['B', 'kB', 'MB', 'GB', 'TB']
  let value = bytes
  let unit = 0
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000
    unit += 1
  }
  return `${Number(value.toPrecision(digits))}${units[unit]}`
}

/** `[====>     ]  19.97kB/1.984MB`, or only what has come when nobody knows how much there is. */
export const bar = (current: number, total: number | undefined, width = 50): string => {
  if (!total) return size(current)
  const filled = Math.min(width, Math.floor((current / total) * width))
  const arrow = filled > 0 && filled < width ? `${'='.repeat(filled - 1)}>` : '='.repeat(filled)
  return `[${arrow.padEnd(width)}]  ${size(current)}/${size(total)}`
}
