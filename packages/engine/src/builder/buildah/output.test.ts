import { expect, test } from 'vitest'
import { readDockerfile } from '../dockerfile/dockerfile.ts'
import { outputReader } from './output.ts'

const id = 'a'.repeat(64)
const readerOf = (dockerfile: string, target?: string) =>
  outputReader(readDockerfile(dockerfile, { target, args: new Map() }).stages)

test('steps are counted over all stages that are built', () => {
  const read = readerOf('FROM a AS one\nRUN x\nFROM b AS unused\nRUN y\nFROM c\nCOPY --from=one / /\nRUN z\n')
  const numbers = [
    '[1/3] STEP 1/2: FROM a AS one',
    '[1/3] STEP 2/2: RUN x',
    '[3/3] STEP 1/4: FROM c',
    '[3/3] STEP 3/4: RUN z',
    '[3/3] STEP 4/4: LABEL "a"="b"',
  ].map(read)
  expect(numbers).toMatchObject([
    { kind: 'step', number: 1, total: 5, step: { line: 1 } },
    { kind: 'step', number: 2, total: 5, step: { line: 2 } },
    { kind: 'step', number: 3, total: 5, step: { line: 5 } },
    { kind: 'step', number: 5, total: 5, step: { line: 7, keyword: 'RUN' } },
    { kind: 'extra' },
  ])
})

test('a single stage has no number', () => {
  expect(readerOf('FROM a\nRUN x\nFROM b\n', '0')('STEP 2/2: RUN x')).toMatchObject({ number: 2, total: 2 })
})

test('what a program prints stays what it is', () => {
  const read = readerOf('FROM a\n')
  expect(read('--> Using cache of mine')).toEqual({ kind: 'output', text: '--> Using cache of mine\n' })
  expect(read(id)).toEqual({ kind: 'output', text: `${id}\n` })
  expect(read('[7/9] STEP 5/9: nothing of ours')).toEqual({ kind: 'extra' })
  expect(read(`--> Using cache ${id}`)).toEqual({ kind: 'cached', id: 'aaaaaaaaaaaa' })
  expect(read('COMMIT')).toEqual({ kind: 'commit' })
  expect(read(id)).toEqual({ kind: 'commit' })
})
