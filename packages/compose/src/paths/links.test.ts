import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { followLink } from './links.ts'

let folder: string
beforeAll(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'links-')))
  mkdirSync(join(folder, 'real'))
  symlinkSync('real', join(folder, 'link'))
  symlinkSync('elsewhere', join(folder, 'gone'))
  symlinkSync('gone', join(folder, 'twice'))
  symlinkSync('round', join(folder, 'round'))
})
afterAll(() => rmSync(folder, { recursive: true }))

test('the first link of a path is replaced, what is not there stays', () => {
  expect(followLink(join(folder, 'link/a'), '/')).toBe(join(folder, 'real/a'))
  expect(followLink(join(folder, 'real/a'), '/')).toBe(join(folder, 'real/a'))
  expect(followLink('link/a', folder)).toBe(join(folder, 'real/a'))
})

test('a link that leads nowhere is told in the words of the reference', () => {
  const problem = `lstat ${join(folder, 'elsewhere')}: no such file or directory`
  expect(followLink(join(folder, 'gone/a'), '/')).toEqual({ problem })
  expect(followLink(join(folder, 'twice'), '/')).toEqual({ problem })
  expect(followLink(join(folder, 'round'), '/')).toEqual({ problem: 'EvalSymlinks: too many links' })
})
