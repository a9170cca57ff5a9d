import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { faultsOf, longestFile, longFiles, readSource, sourceFiles } from './architecture.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))

test('every source keeps the direction of imports, the homes of libraries and the length of files', () => {
  const files = sourceFiles(root)
  expect(files.length).toBeGreaterThan(10)
  expect(files.flatMap((path) => faultsOf(path, readSource(root, path)))).toEqual([])
})

test('an exemption from the length of files is still needed and has its reason', () => {
  for (const [path, reason] of Object.entries(longFiles)) {
    expect(readSource(root, path).split('\n').length - 1, path).toBeGreaterThan(longestFile)
    expect(reason.length).toBeGreaterThan(20)
  }
})

test('the rules can fail', () => {
  expect(
    faultsOf('packages/orchestrator/src/a.ts', "import { x } from '@container-compose/engine'\n"),
  ).toEqual(['packages/orchestrator/src/a.ts: orchestrator must not import engine'])
  expect(faultsOf('packages/cli/src/a.ts', "import x from '@container-compose/core/src/graph.ts'\n")).toEqual(
    ['packages/cli/src/a.ts: imports the inside of core: @container-compose/core/src/graph.ts'],
  )
  expect(faultsOf('packages/cli/src/a.ts', "const dns = await import('dns-packet')\n")).toEqual([
    'packages/cli/src/a.ts: dns-packet lives in packages/net/src/dns',
  ])
  expect(faultsOf('packages/net/src/a.ts', "import { y } from '../../core/src/graph.ts'\n")).toEqual([
    'packages/net/src/a.ts: reaches outside its package: ../../core/src/graph.ts',
  ])
  expect(faultsOf('packages/net/src/a.ts', '\n'.repeat(301))).toEqual([
    'packages/net/src/a.ts: 301 lines, at most 300',
  ])
})
