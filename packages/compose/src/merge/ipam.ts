import { Dict, isDict, isList, type Value } from '../tree/value.ts'

/**
 * Merges address pools: those of one subnet are merged, others are kept side by side. In the order of the reference, which
 * loses a pool of the weaker file that the stronger one does not name.
 */
export const mergeIpamConfig = (base: Value, override: Value): Value => {
  if (!isList(base) || !isList(override)) return override
  const merged: Dict[] = []
  const indexOf = (subnet: Value | undefined): number =>
    merged.findIndex((pool) => pool.get('subnet') === subnet)
  for (const original of base) {
    const weaker = isDict(original) ? original : new Dict()
    for (const pool of override) {
      const stronger = isDict(pool) ? pool : new Dict()
      const subnet = stronger.get('subnet')
      if (subnet !== weaker.get('subnet') && indexOf(subnet) < 0) {
        merged.push(stronger)
        continue
      }
      for (const [key, value] of stronger) weaker.set(key, value)
      weaker.origins = [...stronger.origins, ...weaker.origins]
      const known = indexOf(weaker.get('subnet'))
      if (known >= 0) merged[known] = weaker
      else merged.push(weaker)
    }
  }
  return merged
}
