import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import type { Answer, Case } from './case.ts'
import { groups } from './cases/index.ts'
import { projectsBelow } from './cases/projects-below.ts'
import { askOurs } from './ours.ts'
import { answerFile, answerLine, isKnownToDiffer, recordedCases, recordedGroups } from './recorded.ts'
import { askReference } from './reference.ts'
import { compare, type Verdict } from './verdict.ts'

const { values: options } = parseArgs({
  options: {
    reference: { type: 'string' },
    group: { type: 'string' },
    case: { type: 'string' },
    every: { type: 'string', default: '1' },
    at: { type: 'string', default: '0' },
    folder: { type: 'string' },
    report: { type: 'string' },
    record: { type: 'boolean', default: false },
  },
})
if (options.reference === undefined) throw new Error('--reference PATH: the docker-compose to compare with')
const reference: string = options.reference

interface Difference {
  readonly case: Case
  readonly verdict: Verdict
  readonly reference: Answer
  readonly ours: Answer
}

const rank: Record<Verdict, number> = { same: 0, crash: 1, warnings: 2, words: 3, different: 4 }

/** The same folder for both programs, since paths go into hashes. */
const inFolder = async <T>(base: string, work: (base: string) => Promise<T>): Promise<T> => {
  mkdirSync(base)
  try {
    return await work(base)
  } finally {
    rmSync(base, { recursive: true, force: true })
  }
}

/** The reference walks Go maps, so that it may say another of several faults next time. */
const ask = async (asked: Case, scratch: string): Promise<Difference> => {
  const ours = await inFolder(scratch, (base) => askOurs(asked, base))
  let best: Difference | undefined
  for (let attempt = 0; attempt < 4; attempt += 1) {
    const theirs = await inFolder(scratch, (base) => askReference(reference, asked, base))
    const verdict = compare(asked, theirs, ours)
    if (best === undefined || rank[verdict] < rank[best.verdict])
      best = { case: asked, verdict, reference: theirs, ours }
    if (verdict === 'same' || verdict === 'crash') break
    if (theirs.status === 0 && attempt === 1) break
  }
  return best as Difference
}

const askAll = async (cases: readonly Case[]): Promise<Difference[]> => {
  const root = mkdtempSync(join(tmpdir(), 'compose-'))
  const answered: Difference[] = []
  const queue = cases.entries()
  const worker = async (scratch: string): Promise<void> => {
    for (const [index, asked] of queue) {
      answered[index] = await ask(asked, scratch)
      if (index % 500 === 499) process.stderr.write(`${index + 1} of ${cases.length}\n`)
    }
  }
  await Promise.all(['a', 'b', 'c'].map((name) => worker(join(root, name))))
  rmSync(root, { recursive: true })
  return answered
}

const report = (answered: readonly Difference[]): void => {
  const counts: Record<Verdict, number> = { same: 0, words: 0, warnings: 0, crash: 0, different: 0 }
  for (const { verdict } of answered) counts[verdict] += 1
  const found = answered.filter(({ verdict }) => verdict !== 'same' && verdict !== 'crash')
  if (options.report !== undefined) writeFileSync(options.report, JSON.stringify(found, null, 1))
  else
    for (const { case: asked, verdict, reference: theirs, ours } of found) {
      console.log(`=== ${asked.name}: ${verdict}`)
      for (const [path, text] of Object.entries(asked.files)) console.log(`--- ${path}\n${text}`)
      console.log(`reference: ${JSON.stringify(theirs, null, 1)}\nours: ${JSON.stringify(ours, null, 1)}`)
    }
  console.log(`${answered.length} cases: ${JSON.stringify(counts)}`)
}

const inGroup = (group: string): boolean =>
  options.group === undefined || options.group.split(',').includes(group)

/** Keeps the reference's answers to the recorded cases, for the tests. */
const record = async (): Promise<void> => {
  for (const group of recordedGroups.filter(inGroup)) {
    const answered = await askAll(recordedCases(group))
    const lines = answered.map(({ case: { name }, reference: answer }) => answerLine(name, answer))
    writeFileSync(answerFile(group), `${lines.join('\n')}\n`)
    report(answered)
  }
}

const chosen = (): Case[] => {
  const available =
    options.folder === undefined ? groups : { folder: () => projectsBelow(options.folder as string) }
  return Object.entries(available)
    .filter(([group]) => options.folder !== undefined || inGroup(group))
    .flatMap(([group, cases]) => [...cases()].map((each) => ({ ...each, name: `${group}/${each.name}` })))
    .filter((asked) => !isKnownToDiffer(asked) && asked.name.includes(options.case ?? ''))
    .filter((_, index) => index % Number(options.every) === Number(options.at))
}

if (options.record) await record()
else report(await askAll(chosen()))
