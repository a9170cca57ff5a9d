import type { Answer, Case } from './case.ts'

/**
 * How far two answers differ. `same`: what is printed, all warnings, and the reference's error as one of ours.
 * `words`: another sentence with the same quoted names and paths. `crash`: the reference broke off or never ended, so that
 * there is nothing to agree with. `different`: anything else.
 */
export type Verdict = 'same' | 'words' | 'warnings' | 'crash' | 'different'

export const compare = (asked: Case, reference: Answer, ours: Answer): Verdict => {
  if (reference.status === -1 || reference.error.includes('goroutine ')) return 'crash'
  if (reference.status !== ours.status) return 'different'
  if (reference.status === 0) {
    const isSame = asked.args?.some((arg) => lists.has(arg))
      ? sortedLines(reference.out) === sortedLines(ours.out)
      : reference.out === ours.out
    if (!isSame) return 'different'
  } else if (!asLines(ours.error).includes(asLines(reference.error))) {
    const names = namesIn(reference.error)
    const flat = flattened(ours.error)
    return names.length > 0 && names.every((name) => flat.includes(name)) ? 'words' : 'different'
  }
  return reference.warnings.every((warning) => ours.warnings.includes(warning)) &&
    (reference.status !== 0 || ours.warnings.every((warning) => reference.warnings.includes(warning)))
    ? 'same'
    : 'warnings'
}

const asLines = (text: string): string => `\n${text.replace(/ +$/gm, '')}\n`

const flattened = (text: string): string => text.replace(/\[["']?([^\]"']+)["']?\]/g, '.$1')

/** Quoted words and dotted paths: what a message points at. */
const namesIn = (text: string): string[] => {
  const quoted = [...text.matchAll(/"([^"]+)"|'([^']+)'|`([^`]+)`/g)].map(([, a, b, c]) => a ?? b ?? c ?? '')
  const bare = text.replace(/"[^"]+"|'[^']+'|`[^`]+`/g, ' ')
  const dotted = bare.match(/[A-Za-z_][\w-]*(?:(?:\.[\w*/-]+)|(?:\[[\w"'*-]+\]))+/g) ?? []
  return [...quoted, ...dotted].map(flattened)
}

/** Options whose lines come in the order of Go's maps, which is none. */
const lists = new Set(
  '--environment --hash --images --models --networks --profiles --services --variables --volumes'.split(' '),
)

const sortedLines = (text: string): string => text.split('\n').sort().join('\n')
