import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { testTar } from '../test-tar.ts'
import { readTar } from './reader.ts'

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'cc-tar-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

const members = async (archive: Buffer) => {
  const found: Record<string, string> = {}
  for await (const { entry, content } of readTar(inPieces(archive))) {
    let text = ''
    for await (const piece of content) text += piece.toString('latin1')
    found[entry.name] = `${entry.type} ${entry.mode.toString(8)} ${entry.mtime} ${entry.linkName}${text}`
  }
  return found
}

async function* inPieces(archive: Buffer): AsyncGenerator<Buffer> {
  for (let at = 0; at < archive.length; at += 1000) yield archive.subarray(at, at + 1000)
}

test.each(['gnu', 'pax', 'ustar', 'oldgnu', 'v7'])(
  'an archive of GNU tar in the format %s is read',
  async (format) => {
    const long = format === 'v7' ? 'short' : `${'d'.repeat(80)}/${'n'.repeat(90)}`
    for (const dir of ['in/d', join('in', long, '..')]) mkdirSync(join(folder, dir), { recursive: true })
    writeFileSync(join(folder, 'in', long), 'long', { mode: 0o640 })
    utimesSync(join(folder, 'in', long), 1.6e9, 1.6e9)
    const archive = execFileSync('tar', ['-c', `--format=${format}`, '-C', join(folder, 'in'), 'd', long])
    expect(await members(archive)).toMatchObject({
      [long]: 'file 640 1600000000 long',
      'd/': expect.stringMatching('^directory 755'),
    })
  },
)

test('a long name whose beginning looks like a directory is a file', async () => {
  const name = `${'deep/'.repeat(30)}file`
  expect(await members(testTar({ name, content: 'x'.repeat(600) }, { name: 'next', content: 'y' }))).toEqual({
    [name]: `file 644 1700000000 ${'x'.repeat(600)}`,
    next: 'file 644 1700000000 y',
  })
})

test('a name of any bytes keeps them', async () => {
  const name = Buffer.from([0xff, 0xfe, 0x0a, 0x22]).toString('latin1')
  expect(Object.keys(await members(testTar({ name })))).toEqual([name])
  expect(Object.keys(await members(testTar({ name: name.repeat(50) })))).toEqual([name.repeat(50)])
})

test('content that nobody reads is skipped', async () => {
  const names: string[] = []
  for await (const { entry } of readTar(
    inPieces(testTar({ name: 'a', content: 'x'.repeat(5000) }, { name: 'b' })),
  ))
    names.push(entry.name)
  expect(names).toEqual(['a', 'b'])
})
