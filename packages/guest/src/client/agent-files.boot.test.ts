import { execFileSync, spawn } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
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
