import { spawnSync } from 'node:child_process'
import { constants } from 'node:fs'
import * as fs from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { eventually, type MountedPort, mountPort, shellIn } from './testing/mounted-port.ts'

let dir: string
let port: MountedPort
/** The same directory, on the host and in the guest. */
let host: string
let guest: string

beforeAll(async () => {
  dir = await fs.mkdtemp(join(tmpdir(), 'files-'))
  host = join(dir, 'rw')
  await fs.mkdir(host)
  await fs.chmod(dir, 0o755)
  await fs.mkdir(join(dir, 'ro'))
  await fs.writeFile(join(dir, 'ro/file'), 'fixed')
  await fs.writeFile(join(dir, 'single'), 'one file')
  port = await mountPort('plain', [`rw=${host}`, `ro=${join(dir, 'ro')}`, `rw=${join(dir, 'single')}`])
  guest = join(port.root, '0')
})

afterAll(async () => {
  await port[Symbol.asyncDispose]()
  await fs.rm(dir, { recursive: true })
})

describe('content', () => {
  test('what is written in the guest is on the host, and the other way round', async () => {
    await fs.writeFile(join(guest, 'a'), 'from the guest')
    expect(await fs.readFile(join(host, 'a'), 'utf8')).toBe('from the guest')
    await fs.writeFile(join(host, 'b'), 'from the host')
    expect(await fs.readFile(join(guest, 'b'), 'utf8')).toBe('from the host')
  })

  test('5 MB of changing bytes arrive unchanged in both directions', async () => {
    const bytes = Buffer.alloc(
      5_000_000,
      Uint8Array.from({ length: 251 }, (_, i) => i),
    )
    await fs.writeFile(join(guest, 'large'), bytes)
    expect((await fs.readFile(join(host, 'large'))).equals(bytes)).toBe(true)
    await fs.writeFile(join(host, 'large2'), bytes)
    expect((await fs.readFile(join(guest, 'large2'))).equals(bytes)).toBe(true)
  })

  test('a file is truncated by size and by opening it anew', async () => {
    await fs.writeFile(join(guest, 't'), 'long content')
    await fs.truncate(join(guest, 't'), 4)
    expect(await fs.readFile(join(host, 't'), 'utf8')).toBe('long')
    await fs.writeFile(join(guest, 't'), 'x')
    expect(await fs.readFile(join(host, 't'), 'utf8')).toBe('x')
  })

  test('appending goes behind what the host has appended meanwhile', async () => {
    const file = await fs.open(join(guest, 'log'), 'a')
    await file.write('1\n')
    await fs.appendFile(join(host, 'log'), '2\n')
    await file.write('3\n')
    await file.close()
    expect(await fs.readFile(join(host, 'log'), 'utf8')).toBe('1\n2\n3\n')
    expect(await fs.readFile(join(guest, 'log'), 'utf8')).toBe('1\n2\n3\n')
  })

  test('a file that was unlinked while open is still read and written', async () => {
    const file = await fs.open(join(guest, 'gone'), 'w+')
    await file.write('still')
    await fs.unlink(join(guest, 'gone'))
    await file.write(' here')
    expect((await file.read({ position: 0 })).buffer.subarray(0, 10).toString()).toBe('still here')
    await file.close()
    await expect(fs.stat(join(host, 'gone'))).rejects.toMatchObject({ code: 'ENOENT' })
  })

  test('space is allocated, holes are found, files synced', async () => {
    expect(
      shellIn(port, 'fallocate -l 65536 0/f && fallocate -p -o 0 -l 32768 0/f && sync 0/f 0').status,
    ).toBe(0)
    expect((await fs.stat(join(host, 'f'))).size).toBe(65536)
    const file = await fs.open(join(guest, 'f'), 'r+')
    await file.write('data', 40_000)
    await file.close()
    const data = (path: string) => `os.lseek(os.open('${path}',os.O_RDONLY),0,os.SEEK_DATA)`
    const both = `python3 -c "import os;print(${data('0/f')}, ${data(join(host, 'f'))})"`
    expect(shellIn(port, both)).toMatchObject({ stderr: '', stdout: '36864 36864\n' })
  })
})

describe('names', () => {
  test('directories are made, listed whole, and removed', async () => {
    await fs.mkdir(join(guest, 'd/e/f'), { recursive: true })
    const names = Array.from({ length: 1500 }, (_, i) => `name-${i}`).sort()
    await Promise.all(names.map((name) => fs.writeFile(join(guest, 'd', name), name)))
    expect((await fs.readdir(join(host, 'd'))).sort()).toStrictEqual(['e', ...names])
    expect((await fs.readdir(join(guest, 'd'))).sort()).toStrictEqual(['e', ...names])
    await fs.rm(join(guest, 'd'), { recursive: true })
    await expect(fs.stat(join(host, 'd'))).rejects.toMatchObject({ code: 'ENOENT' })
  })

  test('a rename replaces, moves between directories, and can be told not to replace', async () => {
    await fs.mkdir(join(guest, 'r'))
    await fs.writeFile(join(guest, 'r/new'), 'new')
    await fs.writeFile(join(guest, 'old'), 'old')
    await fs.rename(join(guest, 'r/new'), join(guest, 'old'))
    expect(await fs.readFile(join(guest, 'old'), 'utf8')).toBe('new')
    expect(await fs.readdir(join(host, 'r'))).toStrictEqual([])
    await fs.writeFile(join(guest, 'other'), 'other')
    shellIn(port, 'mv -n 0/other 0/old')
    expect(await fs.readFile(join(host, 'old'), 'utf8')).toBe('new')
  })

  test('hard links are one file', async () => {
    await fs.writeFile(join(guest, 'one'), '1')
    await fs.link(join(guest, 'one'), join(guest, 'two'))
    await fs.appendFile(join(guest, 'two'), '2')
    expect(await fs.readFile(join(guest, 'one'), 'utf8')).toBe('12')
    const [one, two] = await Promise.all(['one', 'two'].map((name) => fs.stat(join(guest, name))))
    expect(one).toMatchObject({ ino: two?.ino, nlink: 2 })
  })

  test('a symlink is resolved in the guest, never by the server', async () => {
    await fs.symlink('/etc/hostname-of-the-guest', join(host, 'absolute'))
    expect(await fs.readlink(join(guest, 'absolute'))).toBe('/etc/hostname-of-the-guest')
    await fs.symlink('a', join(guest, 'relative'))
    expect(await fs.readFile(join(guest, 'relative'), 'utf8')).toBe('from the guest')
  })

  test('pipes and sockets are made, devices are not', async () => {
    expect(shellIn(port, 'mkfifo 0/fifo').status).toBe(0)
    expect((await fs.stat(join(host, 'fifo'))).isFIFO()).toBe(true)
    expect(shellIn(port, 'mknod 0/null c 1 3').stderr).toContain('Operation not permitted')
  })

  test('an absent name says so', async () => {
    await expect(fs.readFile(join(guest, 'nothing'))).rejects.toMatchObject({ code: 'ENOENT' })
    await expect(fs.readdir(join(guest, 'a'))).rejects.toMatchObject({ code: 'ENOTDIR' })
    await expect(fs.rmdir(guest)).rejects.toMatchObject({ code: expect.stringMatching(/EBUSY|EROFS/) })
  })
})

describe('owners and modes', () => {
  const user = { uid: 4321, gid: 1234 }

  test('what a user makes is the user’s on the host', async () => {
    await fs.chmod(host, 0o777)
    await eventually(async () => ((await fs.stat(guest)).mode & 0o777) === 0o777 || undefined)
    const made = shellIn(port, 'mkdir 0/u && echo x > 0/u/f && ln -s f 0/u/l && mkfifo 0/u/p', user)
    expect(made).toMatchObject({ status: 0, stderr: '' })
    for (const name of ['u', 'u/f', 'u/l', 'u/p'])
      expect(await fs.lstat(join(host, name))).toMatchObject(user)
  })

  test('a user is kept out by modes, as on any disk', async () => {
    await fs.writeFile(join(host, 'secret'), 's', { mode: 0o600 })
    expect(shellIn(port, 'cat 0/secret', user).stderr).toContain('Permission denied')
    expect(shellIn(port, 'chmod 666 0/secret', user).stderr).toContain('not permitted')
  })

  test('a file without any right for its maker is still written through the descriptor that made it', async () => {
    const made = shellIn(port, `umask 777; echo kept > 0/norights`, user)
    expect(made).toMatchObject({ status: 0, stderr: '' })
    expect(await fs.readFile(join(host, 'norights'), 'utf8')).toBe('kept\n')
  })

  test('mode, owner and times are set', async () => {
    await fs.writeFile(join(guest, 'm'), 'm')
    await fs.chown(join(guest, 'm'), 7, 8)
    await fs.chmod(join(guest, 'm'), 0o4751)
    await fs.utimes(join(guest, 'm'), 1000, 2000.5)
    expect(await fs.stat(join(host, 'm'))).toMatchObject({ uid: 7, gid: 8, mode: 0o104751, mtimeMs: 2000500 })
    await fs.lchown(join(guest, 'absolute'), 7, 8)
    expect(await fs.lstat(join(host, 'absolute'))).toMatchObject({ uid: 7, gid: 8 })
  })

  test('writing takes the set-user-id bit away', async () => {
    await fs.writeFile(join(guest, 'suid'), '')
    await fs.chown(join(guest, 'suid'), user.uid, user.gid)
    await fs.chmod(join(guest, 'suid'), 0o4755)
    shellIn(port, 'echo x >> 0/suid', user)
    expect((await fs.stat(join(host, 'suid'))).mode & 0o7777).toBe(0o755)
  })

  test('a set-group-id directory gives its group', async () => {
    await fs.mkdir(join(guest, 'g'))
    await fs.chown(join(guest, 'g'), 0, 99)
    await fs.chmod(join(guest, 'g'), 0o2777)
    expect(shellIn(port, 'mkdir 0/g/d && echo > 0/g/f', user).status).toBe(0)
    expect(await fs.stat(join(host, 'g/d'))).toMatchObject({ uid: user.uid, gid: 99, mode: 0o42755 })
    expect(await fs.stat(join(host, 'g/f'))).toMatchObject({ uid: user.uid, gid: 99 })
  })
})

describe('entries', () => {
  test('a read-only source is read and never changed', async () => {
    const file = join(port.root, '1/file')
    expect(await fs.readFile(file, 'utf8')).toBe('fixed')
    await expect(fs.writeFile(file, 'x')).rejects.toMatchObject({ code: 'EROFS' })
    await expect(fs.unlink(file)).rejects.toMatchObject({ code: 'EROFS' })
    await expect(fs.chmod(file, 0o777)).rejects.toMatchObject({ code: 'EROFS' })
    await expect(fs.mkdir(join(port.root, '1/d'))).rejects.toMatchObject({ code: 'EROFS' })
  })

  test('a source may be a single file', async () => {
    expect(await fs.readFile(join(port.root, '2'), 'utf8')).toBe('one file')
    await fs.writeFile(join(port.root, '2'), 'changed')
    expect(await fs.readFile(join(dir, 'single'), 'utf8')).toBe('changed')
    await fs.writeFile(join(dir, 'single'), 'by host')
    await eventually(async () => (await fs.readFile(join(port.root, '2'), 'utf8')) === 'by host' || undefined)
  })

  test('nothing is made beside the entries', async () => {
    await expect(fs.writeFile(join(port.root, '3'), '')).rejects.toMatchObject({ code: 'EROFS' })
    expect((await fs.readdir(port.root)).sort()).toStrictEqual(['0', '1', '2'])
  })

  test('the size of the host’s file system is seen', async () => {
    const [seen, real] = await Promise.all([fs.statfs(guest), fs.statfs(host)])
    expect(seen.blocks).toBe(real.blocks)
  })
})

test('a tree copied in the guest equals the original', async () => {
  const from = join(dir, 'tree')
  await fs.cp(import.meta.dirname, from, { recursive: true, mode: constants.COPYFILE_FICLONE })
  expect(shellIn(port, `cp -a ${from} 0/tree`)).toMatchObject({ status: 0, stderr: '' })
  const list = (root: string) =>
    spawnSync('find', ['.', '-printf', '%P %y %m %U %G %s %T@ %l\\n'], { cwd: root, encoding: 'utf8' })
      .stdout.split('\n')
      .filter((line) => !/^\S* d/.test(line))
      .sort()
  expect(list(join(host, 'tree'))).toStrictEqual(list(from))
  expect(spawnSync('diff', ['-r', from, join(host, 'tree')]).status).toBe(0)
  expect(spawnSync('diff', ['-r', from, join(guest, 'tree')]).status).toBe(0)
})
