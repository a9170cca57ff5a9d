import { expect, test } from 'vitest'
import type { TarEntry } from '../tar/header.ts'
import { readTar } from '../tar/reader.ts'
import { testTar } from '../test-tar.ts'
import { planLayer } from './layer-plan.ts'

const limits = { bytes: 1e6, entries: 1000 }

const admitted = async (archive: Buffer): Promise<TarEntry[]> => {
  const plan = planLayer(limits)
  const entries: TarEntry[] = []
  for await (const { entry } of readTar(inPieces(archive))) entries.push(...plan.admit(entry))
  return entries
}

async function* inPieces(archive: Buffer): AsyncGenerator<Buffer> {
  for (let at = 0; at < archive.length; at += 700) yield archive.subarray(at, at + 700)
}

const sample = testTar(
  { name: './', type: 'directory' },
  { name: 'usr/lib/', type: 'directory', mode: 0o755 },
  { name: 'lib', type: 'symlink', linkName: 'usr/lib' },
  { name: 'lib/libc.so', content: 'x'.repeat(600) },
  { name: 'same', type: 'hardlink', linkName: 'lib/libc.so' },
  { name: `${'deep/'.repeat(30)}file`, content: 'y', xattrs: new Map([['user.a', Buffer.from('b')]]) },
  { name: 'etc/.wh.passwd' },
  { name: 'var/.wh..wh..opq' },
  { name: 'evil', type: 'symlink', linkName: '/../../etc' },
  { name: 'evil/passwd', content: 'z' },
)

/** What must hold for tar to unpack the entries into an empty directory without leaving it. */
const faultOf = (entries: readonly TarEntry[]): string | undefined => {
  const links = new Set<string>()
  const seen = new Set<string>()
  for (const { name, type, linkName } of entries) {
    const parts = name.split('/').filter((part) => part !== '' && part !== '.')
    if (name.startsWith('/') || parts.includes('..')) return `${name} leaves the root`
    for (let i = 1; i < parts.length; i++)
      if (links.has(parts.slice(0, i).join('/'))) return `${name} leads through a link`
    if (type === 'hardlink' && !seen.has(linkName)) return `${name} links to ${linkName}, which is not there`
    if (type === 'character' || type === 'block') return `${name} is a device`
    seen.add(parts.join('/'))
    if (type === 'symlink') links.add(parts.join('/'))
  }
  return undefined
}

test('what is admitted of the sample stays inside, with its links followed there', async () => {
  const entries = await admitted(sample)
  expect(faultOf(entries)).toBeUndefined()
  const names = entries.map(({ name }) => name)
  expect(names).toContain('usr/lib/libc.so')
  expect(names).toContain('etc/passwd')
  expect(entries.find(({ name }) => name === 'same')?.linkName).toBe('usr/lib/libc.so')
})

test('whatever bytes of an archive are changed, what is admitted stays inside, or the archive is refused', async () => {
  const random = randomNumbers(20261124)
  const outcomes = { admitted: 0, refused: 0 }
  for (let round = 0; round < 3000; round++) {
    const archive = Buffer.from(sample)
    for (let changes = 1 + (random() % 3); changes > 0; changes--) mutate(archive, random)
    try {
      expect(faultOf(await admitted(archive))).toBeUndefined()
      outcomes.admitted++
    } catch (error) {
      expect((error as Error).name).toMatch(/^(LayerError|TarFormatError)$/)
      outcomes.refused++
    }
  }
  // Both must happen often, or the test tests nothing.
  expect(Math.min(outcomes.admitted, outcomes.refused)).toBeGreaterThan(300)
})

const spices = [
  '../',
  '/',
  '..',
  '\0',
  '.wh.',
  'evil/',
  'lib/',
  '1',
  '2',
  '3',
  '5',
  'x',
  'L',
  '7777777',
  '\xff\xff',
]

/** Puts something somewhere, mostly into a header, and mends its checksum so that the change is looked at. */
const mutate = (archive: Buffer, random: () => number): void => {
  const block = (random() % (archive.length / 512)) * 512
  const field = [0, 0, 100, 124, 156, 157, 345][random() % 7] ?? 0
  archive.write(
    spices[random() % spices.length] ?? '',
    block + field + (random() % 4 === 0 ? random() % 90 : 0),
    'latin1',
  )
  if (archive.toString('latin1', block + 257, block + 262) !== 'ustar') return
  archive.fill(' ', block + 148, block + 156)
  let sum = 0
  for (const byte of archive.subarray(block, block + 512)) sum += byte
  archive.write(`${sum.toString(8).padStart(6, '0')}\0 `, block + 148, 'latin1')
}

/** A linear congruential generator: the same numbers each time. */
const randomNumbers = (seed: number) => {
  let state = seed
  return (): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state >>> 8
  }
}
