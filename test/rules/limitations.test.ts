import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { commandsToCome } from '../../packages/cli/src/commands/missing.ts'
import { buildRules } from '../../packages/orchestrator/src/desired/build-support.ts'
import { rules } from '../../packages/orchestrator/src/desired/support.ts'

const page = readFileSync(fileURLToPath(new URL('../../docs/limitations.md', import.meta.url)), 'utf8')

/** The names in the first column of the tables below a heading. */
const namesBelow = (heading: string): string[] => {
  const section = page.split(`## ${heading}\n`)[1]?.split('\n## ')[0] ?? ''
  return section
    .split('\n')
    .filter((line) => line.startsWith('| `'))
    .flatMap((line) => [...(line.split(' | ')[0] ?? '').matchAll(/`([a-z_-]+)`/g)])
    .map(([, name = '']) => name)
}

test('every key that is refused or has no effect is on the page of limitations', () => {
  const refused = namesBelow('Keys of a service that are refused')
  const hints = namesBelow('Keys of a service that have no effect')
  expect(refused.length).toBeGreaterThan(10)
  const missing = rules.filter(({ key, severity }) => !(severity === 'error' ? refused : hints).includes(key))
  expect(missing.map(({ key }) => key)).toEqual([])
  const build = namesBelow('Keys of `build`')
  expect(buildRules.map(({ key }) => key).filter((key) => !build.includes(key))).toEqual([])
})

test('no key is on the page that works', () => {
  const known = new Set<string>(rules.map(({ key }) => key))
  // The engine refuses profiles of security_opt by their value.
  const listed = [
    ...namesBelow('Keys of a service that are refused'),
    ...namesBelow('Keys of a service that have no effect'),
  ].filter((name) => !['host', 'security_opt', 'json-file', 'local'].includes(name))
  expect(listed.filter((name) => !known.has(name))).toEqual([])
})

test('the commands that are not there yet are those of the page', () => {
  const row = page.split('\n').find((line) => line.includes('`UNSUPPORTED_COMMAND`, with')) ?? ''
  const listed = [...(row.split(' | ')[0] ?? '').matchAll(/`([a-z]+)`/g)].map(([, name]) => name)
  expect(listed.sort()).toEqual([...commandsToCome].sort())
})
