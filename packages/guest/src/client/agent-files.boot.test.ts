import { execFileSync, spawn } from 'node:child_process'
import {
  chmodSync,
  linkSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { makeRootImage } from '../testing/root-image.ts'
import { bootGuest, type TestGuest, testSetup } from '../testing/test-guest.ts'
import type { AgentClient } from './agent-client.ts'

const folder = mkdtempSync(join(tmpdir(), 'agent-files-'))
let guest: TestGuest
let agent: AgentClient

beforeAll(async () => {
  guest = await bootGuest(makeRootImage(folder))
  agent = await guest.attach(false)
  await agent.setup(testSetup(undefined))
}, 90_000)

afterAll(async () => {
  agent.shutdown()
  await guest.off
  await guest.destroy()
  rmSync(folder, { recursive: true })
})

const options = { noOverwriteDirNonDir: false }

const list = (tar: Buffer, ...flags: string[]): string[] =>
  execFileSync('tar', ['-t', ...flags], { input: tar, encoding: 'utf8' })
    .trimEnd()
    .split('\n')

test('stat tells kind, size and where a link leads within the root', async () => {
  expect(await agent.files.stat('/etc/passwd')).toMatchObject({
    name: 'passwd',
    mode: 0o100644,
    linkTarget: '',
  })
  expect(await agent.files.stat('/')).toMatchObject({ name: '/' })
  expect(await agent.files.stat('/tmp/climber')).toMatchObject({ name: 'climber', linkTarget: '/etc/passwd' })
  expect(await agent.files.stat('/etc/dangling')).toMatchObject({ linkTarget: '/nowhere/at/all' })
  await expect(agent.files.stat('/etc/nothing')).rejects.toMatchObject({ errno: 2 })
  await expect(agent.files.stat('/../../etc/nothing')).rejects.toMatchObject({ errno: 2 })
})

test('what is written is read back the same: kinds, modes, owners, times, long names, many bytes', async () => {
  const tree = join(folder, 'tree')
  const long = 'n'.repeat(120)
  mkdirSync(join(tree, 'dir', long), { recursive: true })
  writeFileSync(join(tree, 'dir', long, 'file'), 'deep')
  writeFileSync(join(tree, 'big'), Buffer.alloc(3_000_000, 'z'))
  writeFileSync(join(tree, 'tool'), '#!')
  chmodSync(join(tree, 'tool'), 0o4755)
  symlinkSync('../target', join(tree, 'dir', 'link'))
  const flags = [
    '--owner=jane:1000',
    '--group=jane:1000',
    '--mtime=2020-02-02 02:02:02',
    '--numeric-owner',
    '--sort=name',
  ]
  const archive = execFileSync('tar', ['-C', folder, ...flags, '-c', 'tree'], { maxBuffer: 64 << 20 })
  await agent.files.write('/home/jane', Readable.from([archive]), options)
  const back = await buffer(await agent.files.read('/home/jane/tree'))
  expect(list(back, '-v', '--numeric-owner').sort()).toStrictEqual(
    list(archive, '-v', '--numeric-owner').sort(),
  )
  expect(execFileSync('tar', ['-x', '-O', 'tree/big'], { input: back, maxBuffer: 8 << 20 }).length).toBe(
    3_000_000,
  )
})

test('an owner that is given gets all of it', async () => {
  const archive = execFileSync('tar', ['-C', folder, '-c', 'tree/tool'])
  await agent.files.write('/tmp', Readable.from([archive]), { ...options, owner: 'jane' })
  const [line] = list(await buffer(await agent.files.read('/tmp/tree/tool')), '-v', '--numeric-owner')
  expect(line).toMatch(/^-rwsr-xr-x 1000\/1000 /)
})

test('links in the container lead nowhere outside, and names with .. are refused', async () => {
  writeFileSync(join(folder, 'evil'), 'evil')
  const through = execFileSync('tar', ['-C', folder, '-c', '-P', '--transform=s,evil,dangling/evil,', 'evil'])
  await expect(agent.files.write('/etc', Readable.from([through]), options)).rejects.toMatchObject({
    exitCode: 1,
  })
  const up = execFileSync('tar', ['-C', folder, '-c', '-P', '--transform=s,evil,../../evil,', 'evil'])
  await expect(agent.files.write('/tmp', Readable.from([up]), options)).rejects.toThrow(/leads out/)
  const name = (await agent.files.stat('/tmp/climber')).linkTarget
  expect(name).toBe('/etc/passwd')
})

test('a directory is not replaced by a file, nor a file by a directory, where that is forbidden', async () => {
  writeFileSync(join(folder, 'jane'), 'a file')
  const archive = execFileSync('tar', ['-C', folder, '-c', 'jane'])
  const write = agent.files.write('/home', Readable.from([archive]), { noOverwriteDirNonDir: true })
  await expect(write).rejects.toThrow(/cannot overwrite directory/)
})

test('an archive that is cut short or damaged is an error', async () => {
  const archive = execFileSync('tar', ['-C', folder, '-c', 'tree/big'], { maxBuffer: 64 << 20 })
  const cut = agent.files.write('/tmp', Readable.from([archive.subarray(0, 100_000)]), options)
  await expect(cut).rejects.toThrow(/ends amid/)
  const damaged = Buffer.from(archive)
  damaged[10] = 255
  await expect(agent.files.write('/tmp', Readable.from([damaged]), options)).rejects.toThrow(/damaged/)
})

test('a reader that goes early ends the reading', async () => {
  const tar = await agent.files.read('/bin')
  for await (const chunk of tar) if ((chunk as Buffer).length > 0) break
  expect(await agent.files.stat('/bin')).toMatchObject({ name: 'bin' })
})

test('an unpacker of this machine understands it', async () => {
  const out = mkdtempSync(join(folder, 'out-'))
  const tar = spawn('tar', ['-x', '-C', out])
  ;(await agent.files.read('/etc/.')).pipe(tar.stdin)
  await new Promise((resolve) => tar.once('exit', resolve))
  expect(tar.exitCode).toBe(0)
})

test('a sync takes away what is whited out, and puts a file, link or directory in the place of anything', async () => {
  const tree = (name: string, make: (root: string) => void): Readable => {
    const root = join(folder, name)
    mkdirSync(root)
    make(root)
    return Readable.from([execFileSync('tar', ['-c', '-C', root, '.'])])
  }
  const before = tree('before', (root) => {
    mkdirSync(join(root, 'synced/was-directory/deep'), { recursive: true })
    writeFileSync(join(root, 'synced/was-directory/deep/x'), '')
    writeFileSync(join(root, 'synced/was-file'), 'file')
    symlinkSync('was-file', join(root, 'synced/was-link'))
    mkdirSync(join(root, 'synced/gone/deep'), { recursive: true })
    writeFileSync(join(root, 'synced/gone/deep/x'), '')
    writeFileSync(join(root, 'synced/gone-too'), '')
    symlinkSync('/etc', join(root, 'synced/gone-link'))
    writeFileSync(join(root, 'synced/kept'), 'old')
  })
  await agent.files.write('/', before, options)
  const after = tree('after', (root) => {
    mkdirSync(join(root, 'synced'))
    mkdirSync(join(root, 'synced/was-file'))
    writeFileSync(join(root, 'synced/was-file/inside'), '')
    writeFileSync(join(root, 'synced/was-directory'), 'file now')
    writeFileSync(join(root, 'synced/was-link'), 'no link', { mode: 0o600 })
    for (const name of ['gone', 'gone-too', 'gone-link', 'never-was'])
      writeFileSync(join(root, `synced/.wh.${name}`), '')
    mkdirSync(join(root, 'synced/kept-away'))
    writeFileSync(join(root, 'synced/kept'), 'new')
  })
  await agent.files.write('/', after, { ...options, sync: true })
  const listed = list(await buffer(await agent.files.read('/synced')), '-v', '--numeric-owner').map((line) =>
    line.replace(/^(\S+) \S+ +(\d+) \S+ \S+ /, '$1 $2 '),
  )
  expect(listed.sort()).toEqual([
    '-rw------- 7 synced/was-link',
    '-rw-r--r-- 0 synced/was-file/inside',
    '-rw-r--r-- 3 synced/kept',
    '-rw-r--r-- 8 synced/was-directory',
    'drwxr-xr-x 0 synced/',
    'drwxr-xr-x 0 synced/kept-away/',
    'drwxr-xr-x 0 synced/was-file/',
  ])
  expect(await agent.files.stat('/etc/passwd')).toMatchObject({ name: 'passwd' })
})

/** What an archive holds, as GNU tar unpacks it. */
const unpacked = (archive: Buffer): Record<string, string> => {
  const out = mkdtempSync(join(folder, 'unpacked-'))
  execFileSync('tar', ['-x', '-C', out], { input: archive })
  const told = (path: string): string => {
    const kind = lstatSync(path)
    if (kind.isDirectory()) return 'directory'
    return kind.isSymbolicLink() ? `-> ${readlinkSync(path)}` : readFileSync(path, 'utf8')
  }
  const names = readdirSync(out, { recursive: true, encoding: 'utf8' }).sort()
  return Object.fromEntries(names.map((name) => [name, told(join(out, name))]))
}

test('hundreds of files in many directories arrive whole, in the order of the archive, also over those that are there', async () => {
  const root = join(folder, 'storm')
  const write = (round: string) => {
    for (let d = 0; d < 20; d += 1) {
      mkdirSync(join(root, `many/d${d}/deep`), { recursive: true })
      for (let f = 0; f < 15; f += 1) {
        writeFileSync(join(root, `many/d${d}/f${f}`), `${round} ${d} ${f} ${'x'.repeat(d * f * 100)}`)
        writeFileSync(join(root, `many/d${d}/deep/f${f}`), `${round} deep ${d} ${f}`)
      }
    }
  }
  const send = async (): Promise<Record<string, string>> => {
    const sent = execFileSync('tar', ['-c', '--sort=name', '-C', root, 'many'], { maxBuffer: 64 << 20 })
    await agent.files.write('/', Readable.from([sent]), { ...options, sync: true })
    return unpacked(sent)
  }
  const received = async () => unpacked(await buffer(await agent.files.read('/many')))
  write('first')
  symlinkSync('f1', join(root, 'many/d3/soft'))
  linkSync(join(root, 'many/d3/f1'), join(root, 'many/d4/hard'))
  const first = await send()
  expect(Object.keys(first).length).toBe(643)
  expect(await received()).toEqual(first)
  write('second')
  for (const name of ['d3/soft', 'd4/hard', 'd5/f2']) {
    rmSync(join(root, 'many', name))
    writeFileSync(join(root, 'many', name.replace('/', '/.wh.')), '')
  }
  const second = await send()
  expect(await received()).toEqual(
    Object.fromEntries(Object.entries(second).filter(([name]) => !name.includes('.wh.'))),
  )
})

test('a file that cannot be put is told, whichever of many it is', async () => {
  const root = join(folder, 'root')
  mkdirSync(join(root, 'blocked'), { recursive: true })
  writeFileSync(join(root, 'blocked/d13'), 'no directory')
  const pack = (...names: string[]) =>
    Readable.from([execFileSync('tar', ['-c', '--sort=name', '-C', root, ...names])])
  await agent.files.write('/', pack('blocked'), options)
  rmSync(join(root, 'blocked/d13'))
  const files = Array.from({ length: 400 }, (_, i) => `blocked/d${Math.floor(i / 20)}/f${i % 20}`)
  for (const file of files) {
    mkdirSync(join(root, dirname(file)), { recursive: true })
    writeFileSync(join(root, file), '')
  }
  // Without members for the directories, so that they are made where they are missing.
  await expect(agent.files.write('/', pack(...files), { ...options, sync: true })).rejects.toThrow(
    /creating blocked\/d13\/f0: not a directory/,
  )
  expect(await agent.files.stat('/blocked/d12/f19')).toMatchObject({ name: 'f19' })
})
