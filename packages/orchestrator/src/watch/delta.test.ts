import { execFileSync } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { deltaTar } from './delta.ts'

const folder = mkdtempSync(join(tmpdir(), 'delta-'))
afterAll(() => rmSync(folder, { recursive: true }))

test('GNU tar reads the archive: long names, links, modes, big files; what has vanished is left out and told', () => {
  const from = join(folder, 'from')
  const long = `${'d'.repeat(90)}/${'ü'.repeat(80)}`
  mkdirSync(join(from, 'd'.repeat(90)), { recursive: true })
  writeFileSync(join(from, long), 'deep')
  writeFileSync(join(from, 'big'), Buffer.alloc(3_000_001, 'z'))
  writeFileSync(join(from, 'tool'), '#!', { mode: 0o644 })
  chmodSync(join(from, 'tool'), 0o751)
  symlinkSync('x'.repeat(150), join(from, 'link'))
  writeFileSync(join(from, '.wh.tool'), '')
  const skipped: string[] = []
  const names = ['d'.repeat(90), long, 'big', 'tool', 'link', 'vanished', '.wh.tool']
  const delta = {
    removals: ['/app/old'],
    writes: names.map((name) => ({ from: join(from, name), to: `/app/${name}` })),
  }
  const tar = Buffer.concat([
    ...deltaTar(delta, { whiteouts: true }, (path) => {
      skipped.push(path)
    }),
  ])
  const to = join(folder, 'to')
  mkdirSync(to)
  execFileSync('tar', ['-x', '-C', to], { input: tar, stdio: ['pipe', 'pipe', 'inherit'] })
  expect(readFileSync(join(to, 'app', long), 'utf8')).toBe('deep')
  expect(readFileSync(join(to, 'app/big')).equals(readFileSync(join(from, 'big')))).toBe(true)
  const listed = execFileSync('tar', ['-tv', '--numeric-owner'], { input: tar, encoding: 'utf8' })
  expect(listed).toMatch(/^-rwxr-x--x 0\/0 +2 .* app\/tool$/m)
  expect(listed).toMatch(new RegExp(`app/link -> ${'x'.repeat(150)}$`, 'm'))
  expect(listed).toMatch(/app\/\.wh\.old$/m)
  // To whoever unpacks it, its name would mean that `tool` goes.
  expect(skipped).toEqual([join(from, 'vanished'), join(from, '.wh.tool')])
})
