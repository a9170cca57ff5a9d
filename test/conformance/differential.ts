import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import type { Answer, Case } from './case.ts'
import { groups } from './cases/index.ts'
import { projectsBelow } from './cases/projects-below.ts'
import { askOurs } from './ours.ts'
import { askReference } from './reference.ts'
import { compare, type Verdict } from './verdict.ts'

const { values: options } = parseArgs({
  options: {
    reference: { type: 'string' },
    group: { type: 'string' },
    case: { type: 'string' },
    report: { type: 'string' },
    folder: { type: 'string' },
    show: { type: 'boolean', default: false },
    every: { type: 'string', default: '1' },
    at: { type: 'string', default: '0' },
  },
})
const { reference } = options
if (reference === undefined) throw new Error('--reference PATH: the docker-compose to compare with')

interface Difference {
  readonly case: Case
  readonly verdict: Verdict
  readonly reference: Answer
  readonly ours: Answer
}

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

const rank: Record<Verdict, number> = { same: 0, crash: 1, warnings: 2, words: 3, different: 4 }

const available =
  options.folder === undefined ? groups : { folder: () => projectsBelow(options.folder as string) }
const chosen = Object.entries(available)
  .filter(([group]) => options.group === undefined || options.group.split(',').includes(group))
  .flatMap(([group, cases]) => [...cases()].map((each) => ({ ...each, name: `${group}/${each.name}` })))
  .filter(({ name }) => options.case === undefined || name.includes(options.case))
  .filter((_, index) => index % Number(options.every) === Number(options.at))

const counts: Record<Verdict, number> = { same: 0, words: 0, warnings: 0, crash: 0, different: 0 }
const found: Difference[] = []
const queue = chosen[Symbol.iterator]()
let done = 0
const worker = async (number: number): Promise<void> => {
  const scratch = join(root, String(number))
  for (const next of queue) {
    const difference = await ask(next, scratch)
    counts[difference.verdict] += 1
    if ((difference.verdict !== 'same' && difference.verdict !== 'crash') || options.show)
      found.push(difference)
    done += 1
    if (done % 500 === 0) process.stderr.write(`${done} of ${chosen.length}: ${JSON.stringify(counts)}\n`)
  }
}
const root = mkdtempSync(join(tmpdir(), 'compose-'))
await Promise.all([worker(1), worker(2), worker(3)])
rmSync(root, { recursive: true })
if (options.report !== undefined) writeFileSync(options.report, JSON.stringify(found, null, 1))
else
  for (const { case: asked, verdict, reference: theirs, ours } of found) {
    console.log(`=== ${asked.name}: ${verdict}`)
    for (const [path, text] of Object.entries(asked.files)) console.log(`--- ${path}\n${text}`)
    console.log(`reference: ${JSON.stringify(theirs, null, 1)}\nours: ${JSON.stringify(ours, null, 1)}`)
  }
console.log(`${chosen.length} cases: ${JSON.stringify(counts)}`)
