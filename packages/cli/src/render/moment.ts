import { UserError } from '@container-compose/core'

/**
 * A point in time as the engine takes it (seconds since the epoch, with a fraction), from what people write: RFC 3339, seconds,
 * or a duration before now (`1h30m`).
 *
 * @throws UserError `INVALID_ARGUMENT`
 */
export const parseMoment = (
  name: 'since' | 'until',
  given: string | undefined,
  nowMs: number,
): string | undefined => {
  if (given === undefined || given === '') return undefined
  if (/^\d+(\.\d+)?$/.test(given)) return given
  const ago = durationMs(given)
  if (ago !== undefined) return seconds(nowMs - ago)
  if (/^\d{4}-\d{2}-\d{2}/.test(given)) {
    const time = Date.parse(given)
    if (!Number.isNaN(time)) return seconds(time)
  }
  throw new UserError(
    'INVALID_ARGUMENT',
    `invalid value for "${name}": failed to parse value as time or duration: "${given}"`,
    { hint: '2013-01-02T13:23:37Z, or 42m for 42 minutes ago' },
  )
}

const seconds = (ms: number): string => (ms / 1000).toFixed(3)

const durationMs = (text: string): number | undefined => {
  if (!/^([\d.]+(ms|s|m|h))+$/.test(text)) return undefined
  let total = 0
  for (const [, amount, unit] of text.matchAll(/([\d.]+)(ms|s|m|h)/g))
    total += Number(amount) * (unitMs[unit ?? ''] ?? 0)
  return total
}

const unitMs: Record<string, number> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 }
