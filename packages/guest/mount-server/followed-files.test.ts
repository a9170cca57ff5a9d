import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import * as fs from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { artifactPath } from '@container-compose/core'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { eventually, type MountedPort, mountPort, shellIn } from './testing/mounted-port.ts'

let dir: string
let port: MountedPort
beforeEach(async () => {
  dir = await fs.mkdtemp(join(tmpdir(), 'followed-'))
  await fs.chmod(dir, 0o755)
  await fs.writeFile(join(dir, 'file'), 'one')
  await fs.writeFile(join(dir, 'fixed'), 'one')
  await fs.symlink('file', join(dir, 'link'))
  port = await mountPort('plain', [`rw=${dir}/file`, `ro=${dir}/fixed`, `rw=${dir}/link`, `rw=${dir}`])
  // As an agent does, which mounts what it finds there.
  expect(shellIn(port, 'cat 0 1 2').stdout).toBe('oneoneone')
})
afterEach(async () => {
  await port[Symbol.asyncDispose]()
  await fs.rm(dir, { recursive: true })
})

const entry = (number: number): string => join(port.root, String(number))
const shows = (number: number, text: string) =>
  eventually(async () => (await fs.readFile(entry(number), 'utf8')) === text || undefined)
const save = async (name: string, text: string): Promise<void> => {
  await fs.writeFile(join(dir, `${name}.new`), text)
  await fs.rename(join(dir, `${name}.new`), join(dir, name))
}

test('a source that is a file is what has its name, however it is saved, and is written where it is', async () => {
  for (const text of ['two', 'three']) {
    await save('file', text)
    await shows(0, text)
    // A link was followed when the server began: to the name that it led to.
    await shows(2, text)
  }
  await fs.rename(join(dir, 'file'), join(dir, 'file~'))
  await fs.writeFile(join(dir, 'file'), 'as vim does')
  await shows(0, 'as vim does')
  await fs.appendFile(join(dir, 'file'), ', and more')
  await shows(0, 'as vim does, and more')
  await fs.writeFile(entry(0), 'by the guest')
  expect(await fs.readFile(join(dir, 'file'), 'utf8')).toBe('by the guest')
  expect(await fs.readFile(join(dir, 'file~'), 'utf8')).toBe('three')
})

test('one that is removed stays what it was, and what comes then is followed again', async () => {
  await fs.unlink(join(dir, 'file'))
  await fs.mkdir(join(dir, 'file'))
  await save('fixed', 'a sign that events have been read')
  await shows(1, 'a sign that events have been read')
  expect(await fs.readFile(entry(0), 'utf8')).toBe('one')
  await fs.rmdir(join(dir, 'file'))
  await save('file', 'again')
  await shows(0, 'again')
})

test('a new file is as read-only as the one before', async () => {
  await save('fixed', 'new')
  await shows(1, 'new')
  await expect(fs.writeFile(entry(1), 'x')).rejects.toMatchObject({ code: 'EROFS' })
  await expect(fs.chmod(entry(1), 0o600)).rejects.toMatchObject({ code: 'EROFS' })
})

test('a link that takes its place is never followed: who may write the directory could make it lead anywhere', async () => {
  expect(shellIn(port, 'ln -sf /etc/hostname 3/file && ln -sf fixed 3/link').status).toBe(0)
  await save('fixed', 'a sign')
  await shows(1, 'a sign')
  expect(await fs.readFile(entry(0), 'utf8')).toBe('one')
  expect(await fs.readFile(entry(2), 'utf8')).toBe('one')
})

test('who watches the file in the guest is woken by a save', async () => {
  const watcher: ChildProcess = spawn(
    'nsenter',
    ['-t', String(port.insidePid), '-m', artifactPath('print-events'), join(port.mountpoint, '0')],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  )
  try {
    let events = ''
    watcher.stdout?.on('data', (data) => {
      events += data
    })
    await eventually(async () => events !== '' || undefined)
    await port.addProcess(watcher.pid ?? 0)
    await save('file', 'saved')
    await eventually(async () => /MODIFY/i.test(events) || undefined)
  } finally {
    watcher.kill()
    await once(watcher, 'exit')
  }
})
