import { existsSync, readFileSync } from 'node:fs'
import type { Answer, Case } from './case.ts'
import { groups } from './cases/index.ts'

/** Every how many cases of a group one is recorded: enough for each attribute, few enough to be run at every change. */
const shares: Readonly<Record<string, number>> = {
  attributes: 3,
  merges: 40,
  'short-forms': 36,
  dotenv: 9,
  templates: 17,
  yaml: 19,
  'command-line': 7,
  discovery: 2,
  references: 5,
  'whole-projects': 2,
  consistency: 7,
  'odd-values': 211,
}

export const recordedGroups: readonly string[] = Object.keys(shares)

/** The cases of a group whose answers are kept here. Hashes are left out: paths go into them. */
export const recordedCases = (group: string): Case[] =>
  [...(groups[group]?.() ?? [])].filter(
    (asked, index) =>
      index % (shares[group] ?? 1) === 0 && !asked.args?.includes('--hash') && !isKnownToDiffer(asked),
  )

/** What differs on purpose, or by the reference's own make. */
const known: readonly (readonly [pattern: RegExp, reason: string])[] = [
  [/^(config (--help|-h)|(-p|--profile|-f) config )/, 'each program has its own help'],
  [/^(-p -x|--parallel -1) /, 'as a plugin of docker the reference takes a value with a dash for an option'],
  [/-image-digests/, 'digests are asked of the engine, which is another'],
  [/^--verbose .*--environment/, 'the reference adds DEBUG to its environment'],
  [/^-c /, 'ours has no such option either, but looks at what follows'],
  [/^COMPOSE_PARALLEL_LIMIT in /, 'the limit of an env file is not looked at before a file is read'],
]

export const isKnownToDiffer = ({ name }: Case): boolean =>
  known.some(([pattern]) => pattern.test(name.replace(/^[a-z-]+\//, '')))

/** Where the answers of a group are. */
export const answerFile = (group: string): URL => new URL(`answers/${group}.jsonl`, import.meta.url)

/** What the reference answered, by name of the case. */
export const recordedAnswers = (group: string): Map<string, Answer> => {
  const answers = new Map<string, Answer>()
  if (!existsSync(answerFile(group))) return answers
  for (const line of readFileSync(answerFile(group), 'utf8').trimEnd().split('\n')) {
    const { name, status, out = '', error = '', warnings = [] } = JSON.parse(line)
    answers.set(name, { status, out, error, warnings })
  }
  return answers
}

/** An answer as a line, without what is empty. */
export const answerLine = (name: string, { status, out, error, warnings }: Answer): string =>
  JSON.stringify({
    name,
    status,
    ...(out === '' ? {} : { out }),
    ...(error === '' ? {} : { error }),
    ...(warnings.length === 0 ? {} : { warnings }),
  })
