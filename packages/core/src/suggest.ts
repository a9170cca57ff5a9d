/** The word that was probably meant, if one is near enough. Capitals do not count, and `-` is as good as `_`. */
export const suggest = (given: string, known: readonly string[]): string | undefined => {
  const wanted = plain(given)
  let best: string | undefined
  let bestDistance = Math.max(1, Math.floor(given.length / 3)) + 1
  for (const word of known) {
    const distance = editDistance(wanted, plain(word), bestDistance)
    if (distance < bestDistance) {
      best = word
      bestDistance = distance
    }
  }
  return best
}

const plain = (word: string): string => word.toLowerCase().replaceAll('-', '_')

/** Letters to add, drop, change or swap; gives up at `limit`. */
const editDistance = (from: string, to: string, limit: number): number => {
  if (Math.abs(from.length - to.length) >= limit) return limit
  let previous: number[] = []
  let current = Array.from({ length: to.length + 1 }, (_, index) => index)
  for (let i = 1; i <= from.length; i += 1) {
    const next = [i]
    for (let j = 1; j <= to.length; j += 1) {
      const change = from[i - 1] === to[j - 1] ? 0 : 1
      let cost = Math.min(
        (next[j - 1] as number) + 1,
        (current[j] as number) + 1,
        (current[j - 1] as number) + change,
      )
      const swapped = i > 1 && j > 1 && from[i - 1] === to[j - 2] && from[i - 2] === to[j - 1]
      if (swapped) cost = Math.min(cost, (previous[j - 2] as number) + 1)
      next.push(cost)
    }
    previous = current
    current = next
  }
  return current[to.length] as number
}
