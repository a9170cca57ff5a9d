import { expect, test } from 'vitest'
import { commands } from './commands/index.ts'
import { groups, usage } from './usage.ts'

test('every command stands in one group of the help, with its summary', () => {
  expect(Object.values(groups).flat().sort()).toEqual(Object.keys(commands).sort())
  for (const { summary } of Object.values(commands)) expect(usage()).toContain(summary)
})

test('no line of the help is wider than 80 columns', () => {
  expect(
    usage()
      .split('\n')
      .filter((line) => line.length > 80),
  ).toEqual([])
})
