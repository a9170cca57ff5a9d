import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import * as fs from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { eventually, type MountedPort, mountPort, shellIn } from './testing/mounted-port.ts'
import { initBody, name, opcode, type RawGuest, rawGuest, words32, words64 } from './testing/raw-guest.ts'

let dir: string
let port: MountedPort
/** The same directory, on the host and in the guest. */
let host: string
let guest: string

beforeAll(async () => {
  dir = await fs.mkdtemp(join(tmpdir(), 'trees-'))
  host = join(dir, 'tree')
  await fs.mkdir(host)
  await fs.chmod(dir, 0o755)
  await fs.mkdir(join(dir, 'beside'))
  await fs.writeFile(join(dir, 'beside/file'), 'hidden')
  port = await mountPort('plain', [`rw=${host}`])
  guest = join(port.root, '0')
})
afterAll(async () => {
  await port[Symbol.asyncDispose]()
  await fs.rm(dir, { recursive: true })
})

const bytes = (folder: string, child: Buffer): Buffer => Buffer.concat([Buffer.from(`${folder}/`), child])

test('a name is any bytes but / and NUL, up to 255 of them: made, listed, renamed and removed from both sides', async () => {
  const names = ['line\nbreak', '-rf', '*?[$`"\'\\', ' ', '\u001b[31m', '…', 'x'.repeat(255)].map((text) =>
    Buffer.from(text),
  )
  names.push(Buffer.from([0xff, 0xfe, 0x80, 0x01]), Buffer.from([0xc3, 0x28]))
  await fs.mkdir(join(host, 'names'))
  for (const [index, child] of names.entries())
    await fs.writeFile(bytes(join(index % 2 ? guest : host, 'names'), child), child)
  const listed = await fs.readdir(join(guest, 'names'), { encoding: 'buffer' })
  expect(listed.map((child) => child.toString('hex')).toSorted()).toEqual(
    names.map((child) => child.toString('hex')).toSorted(),
  )
  for (const child of names) {
    const at = bytes(join(guest, 'names'), child)
    expect(await fs.readFile(at)).toEqual(child)
    await fs.rename(at, join(guest, 'names/other'))
    expect(await fs.readFile(join(host, 'names/other'))).toEqual(child)
    await fs.rename(join(host, 'names/other'), bytes(join(host, 'names'), child))
    await eventually(() => fs.readFile(at).catch(() => undefined))
    await fs.unlink(at)
  }
  expect(await fs.readdir(join(host, 'names'))).toEqual([])
  await expect(fs.writeFile(join(guest, 'names', 'x'.repeat(256)), '')).rejects.toMatchObject({
    code: 'ENAMETOOLONG',
  })
})

test('a tree deeper than any path may be long is walked, and removed from inside', async () => {
  const depth = 300
  const child = 'd'.repeat(40)
  const deepen = `import os
for i in range(${depth}): os.mkdir('${child}'); os.chdir('${child}')
open('bottom', 'w').write('deep')`
  execFileSync('python3', ['-c', deepen], { cwd: host })
  const descend = `import os
for i in range(${depth}): os.chdir('${child}')
print(open('bottom').read(), end='')`
  expect(shellIn(port, `cd 0 && python3 -c "${descend}"`)).toMatchObject({ stderr: '', stdout: 'deep' })
  expect(shellIn(port, `find 0/${child} -name bottom | wc -c`).stdout.trim()).toBe(String(depth * 41 + 9))
  expect(shellIn(port, `rm -r 0/${child}`)).toMatchObject({ stderr: '', status: 0 })
  expect(await fs.readdir(host)).not.toContain(child)
})

test('pipes, sockets and devices of the host are seen as what they are, and lead nowhere', async () => {
  execFileSync('sh', ['-c', 'mkfifo fifo; mknod null c 1 3; mknod disk b 8 0'], { cwd: host })
  const kinds = shellIn(port, 'stat -c %F 0/fifo 0/null 0/disk').stdout
  expect(kinds).toBe('fifo\ncharacter special file\nblock special file\n')
  for (const device of ['null', 'disk'])
    expect(shellIn(port, `cat 0/${device}`).stderr).toContain('Permission denied')
  // A pipe joins processes of one machine: what is written in the guest does not reach the host.
  expect(shellIn(port, '{ echo guest > 0/fifo & cat 0/fifo; }').stdout).toBe('guest\n')
})

test('programs with the rights of their owner have them in the guest, as on a disk, and none by what the server makes', async () => {
  await fs.copyFile('/usr/bin/id', join(host, 'id'))
  await fs.chown(join(host, 'id'), 4321, 4321)
  await fs.chmod(join(host, 'id'), 0o4755)
  expect(shellIn(port, '0/id -u', { uid: 1234, gid: 1234 }).stdout).toBe('4321\n')
  // A copy by somebody else is without.
  await fs.chmod(host, 0o777)
  await eventually(async () => ((await fs.stat(guest)).mode & 0o777) === 0o777 || undefined)
  const copied = shellIn(port, 'cp -p 0/id 0/copy; 0/copy -u', { uid: 1234, gid: 1234 })
  expect(copied.stdout).toBe('1234\n')
  expect((await fs.stat(join(host, 'copy'))).mode & 0o7000).toBe(0)
})

/** Puts a link that leads out of the tree in the place of the directory `d`, and back, as fast as it can. */
const flip = `import ctypes, os
libc = ctypes.CDLL(None)
while True: libc.renameat2(-100, b'd', -100, b'link', 2)`

test('a directory that becomes a link out of the tree, again and again, never leads there', async () => {
  await fs.mkdir(join(host, 'race/d'), { recursive: true })
  await fs.writeFile(join(host, 'race/d/file'), 'inside')
  await fs.symlink('../../beside', join(host, 'race/link'))
  const raw: RawGuest = await rawGuest('plain', [`rw=${host}`])
  const flipping = spawn('python3', ['-c', flip], { cwd: join(host, 'race') })
  try {
    expect((await raw.ask(opcode.init, 0n, initBody)).error).toBe(0)
    const look = async (parent: bigint, child: string) => {
      const { error, body } = await raw.ask(opcode.lookup, parent, name(child))
      return error === 0 ? body.readBigUInt64LE(0) : undefined
    }
    const race = (await look((await look(1n, '0')) ?? 0n, 'race')) ?? 0n
    const read = Buffer.concat([words64(0n, 0n), words32(100, 0), words64(0n, 0n)])
    const seen = new Set<string>()
    for (let times = 0; times < 1000 || seen.size < 2; times++) {
      const file = await look((await look(race, 'd')) ?? 0n, 'file')
      if (file !== undefined) seen.add((await raw.ask(opcode.read, file, read)).body.toString())
      else seen.add('no directory')
    }
    expect([...seen].toSorted()).toEqual(['inside', 'no directory'])
  } finally {
    flipping.kill('SIGKILL')
    await once(flipping, 'exit')
    await raw[Symbol.asyncDispose]()
  }
})
