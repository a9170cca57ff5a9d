import { spawn } from 'node:child_process'
import { once } from 'node:events'
import * as fs from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { eventually, type MountedPort, mountPort } from './testing/mounted-port.ts'

let volume: string
let ports: readonly [MountedPort, MountedPort]
let first: string
let second: string

beforeAll(async () => {
  volume = await fs.mkdtemp(join(tmpdir(), 'volume-'))
  ports = [await mountPort('locking', [`rw=${volume}`]), await mountPort('locking', [`rw=${volume}`])]
  first = join(ports[0].root, '0')
  second = join(ports[1].root, '0')
})

afterAll(async () => {
  for (const port of ports) await port[Symbol.asyncDispose]()
  await fs.rm(volume, { recursive: true })
})

test('whoever opens a file reads all that others have written until then, at once', async () => {
  for (let i = 0; i < 100; i++) {
    await fs.writeFile(join(first, 'f'), `round ${i} of the first`)
    expect(await fs.readFile(join(second, 'f'), 'utf8')).toBe(`round ${i} of the first`)
    await fs.writeFile(join(second, 'f'), `${i}`)
    expect(await fs.readFile(join(first, 'f'), 'utf8')).toBe(`${i}`)
  }
})

test('a name that was absent is found as soon as another has made it', async () => {
  for (let i = 0; i < 20; i++) {
    await expect(fs.stat(join(second, `made-${i}`))).rejects.toMatchObject({ code: 'ENOENT' })
    await fs.writeFile(join(first, `made-${i}`), '')
    expect((await fs.stat(join(second, `made-${i}`))).isFile()).toBe(true)
    expect(await fs.readdir(join(second))).toContain(`made-${i}`)
  }
})

test('a name that another replaced or removed is soon seen', async () => {
  await fs.writeFile(join(first, 'r'), 'old')
  expect(await fs.readFile(join(second, 'r'), 'utf8')).toBe('old')
  await fs.writeFile(join(first, 'r.tmp'), 'new')
  await fs.rename(join(first, 'r.tmp'), join(first, 'r'))
  await eventually(async () => ((await fs.readFile(join(second, 'r'), 'utf8')) === 'new' ? true : undefined))
  await fs.unlink(join(first, 'r'))
  await eventually(() =>
    fs.stat(join(second, 'r')).then(
      () => undefined,
      () => true,
    ),
  )
})

test('300 lines appended by each of two machines at once are 600 whole lines for both', async () => {
  const append = (path: string, mark: string) =>
    once(
      spawn('sh', ['-c', `i=0; while [ $i -lt 300 ]; do echo ${mark} $i >> ${path}; i=$((i+1)); done`]),
      'exit',
    )
  await Promise.all([append(join(first, 'log'), 'a'), append(join(second, 'log'), 'b')])
  const expected = ['a', 'b'].flatMap((mark) => Array.from({ length: 300 }, (_, i) => `${mark} ${i}`)).sort()
  for (const root of [volume, first, second])
    expect((await fs.readFile(join(root, 'log'), 'utf8')).trim().split('\n').sort()).toStrictEqual(expected)
})

test('whoever opens a name that another has just made gets that file', async () => {
  const append = (path: string) =>
    once(
      spawn('sh', ['-c', `i=0; while [ $i -lt 200 ]; do echo x >> ${path}-$i; i=$((i+1)); done`], {
        stdio: ['ignore', 'ignore', 'pipe'],
      }),
      'exit',
    )
  const ends = await Promise.all([first, second].map((root) => append(join(root, 'both'))))
  expect(ends).toEqual([
    [0, null],
    [0, null],
  ])
  for (let i = 0; i < 200; i++) expect(await fs.readFile(join(volume, `both-${i}`), 'utf8')).toBe('x\nx\n')
})

test('one of two machines that create a name exclusively wins', async () => {
  for (let i = 0; i < 20; i++) {
    const tries = await Promise.allSettled(
      [first, second].map((root) => fs.writeFile(join(root, `lock-${i}`), '', { flag: 'wx' })),
    )
    expect(tries.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
  }
})
