import {
  corpus,
  mutate,
  pick,
  type Random,
  randomFrom,
} from '../../../packages/compose/src/testing/random.ts'
import { type Case, json, yaml } from '../case.ts'
import { documents, lines, projects } from '../texts.ts'

/** Texts of compose files to begin with. */
const seeds = (): string[] => [
  ...corpus,
  ...Object.values(documents()),
  ...lines('consistency'),
  ...[...projects('references').values()].map((files) => files['compose.yaml'] ?? ''),
]

/** A case made of texts with a few things put in, taken out or doubled; the same for one seed. */
export const fuzzedCase = (seed: number, texts: readonly string[] = seeds()): Case => {
  const random = randomFrom(seed)
  const files: Record<string, string> = { 'compose.yaml': mutated(texts, random) }
  if (random() < 0.2) files['compose.override.yaml'] = mutated(texts, random)
  if (random() < 0.2) files['.env'] = mutated(lines('dotenv'), random)
  for (const name of ['b.yaml', 'c.yaml', 'other.yaml', 'sub/b.yaml'])
    if (random() < 0.1) files[name] = mutated(texts, random)
  const args = pick(random, [json, json, yaml, ['config', '--no-interpolate'], ['config', '--variables']])
  return { name: `seed ${seed}`, files, args, env: { A: 'aa', N: '5' } }
}

const mutated = (texts: readonly string[], random: Random): string => mutate(pick(random, texts), random)

/** Broken files, for both programs. */
export const fuzzed = function* (): Generator<Case> {
  const texts = seeds()
  for (let seed = 1; seed <= 20_000; seed += 1) yield fuzzedCase(seed, texts)
}
