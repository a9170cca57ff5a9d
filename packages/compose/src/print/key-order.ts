const isDigit = (character: string | undefined): boolean =>
  character !== undefined && /\p{Nd}/u.test(character)
const isLetter = (character: string): boolean => /\p{L}/u.test(character)

/** Names for which the order is that of their letters. */
const plainName = /^[a-z]+$/

/** Go's yaml.v3's order of keys: numbers within them count as numbers, signs come before letters. */
export const compareKeys = (left: string, right: string): number => {
  if (left === right) return 0
  if (plainName.test(left) && plainName.test(right)) return left < right ? -1 : 1
  const a = [...left]
  const b = [...right]
  let afterDigit = false
  for (let at = 0; at < a.length && at < b.length; at += 1) {
    const x = a[at] as string
    const y = b[at] as string
    if (x === y) {
      afterDigit = isDigit(x)
      continue
    }
    const [xIsLetter, yIsLetter] = [isLetter(x), isLetter(y)]
    if (xIsLetter && yIsLetter) return codeOf(x) - codeOf(y)
    if (xIsLetter || yIsLetter) return xIsLetter === afterDigit ? -1 : 1
    return compareNumbers(a, b, at) || codeOf(x) - codeOf(y)
  }
  return a.length - b.length
}

const codeOf = (character: string): number => character.codePointAt(0) as number

const compareNumbers = (a: readonly string[], b: readonly string[], at: number): number => {
  // A zero that follows other digits makes a number larger; one that leads it does not.
  const grows = (a[at] === '0' || b[at] === '0') && followsNumber(a, at)
  const x = numberAt(a, at, grows)
  const y = numberAt(b, at, grows)
  return x.value === y.value ? x.end - y.end : x.value - y.value
}

const followsNumber = (characters: readonly string[], at: number): boolean => {
  for (let before = at - 1; before >= 0 && isDigit(characters[before]); before -= 1)
    if (characters[before] !== '0') return true
  return false
}

const numberAt = (characters: readonly string[], at: number, grows: boolean) => {
  let value = grows ? 1 : 0
  let end = at
  for (; isDigit(characters[end]); end += 1) value = value * 10 + Number(characters[end])
  return { value, end }
}
