import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer, type Server, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { MountPort } from './mount-ports.ts'
import { adoptMountServer, startMountServer } from './mount-server.ts'

let runDir: string
let listener: Server
let socketPath: string
let connection: Promise<Socket>

beforeEach(async () => {
  runDir = await mkdtemp(join(tmpdir(), 'mounts-'))
  socketPath = join(runDir, 'plain.sock')
  listener = createServer()
  connection = new Promise((resolve) => listener.once('connection', resolve))
  await new Promise<void>((resolve) => listener.listen(socketPath, resolve))
})

afterEach(async () => {
  await new Promise((resolve) => listener.close(resolve))
  await rm(runDir, { recursive: true })
})

const portOf = (source: string): MountPort => ({
  name: 'plain',
  mounts: [{ entry: 0, source, target: '/data', readOnly: false }],
})

/** True when the process is no more, or only its exit status is. */
const isGone = async (pid: number): Promise<boolean> =>
  !/^State:\s+[^ZX]/m.test(await readFile(`/proc/${pid}/status`, 'utf8').catch(() => ''))

const gone = async (pid: number): Promise<void> => {
  const end = performance.now() + 5000
  while (!(await isGone(pid))) {
    if (performance.now() > end) throw new Error(`process ${pid} goes on`)
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}

test('a started server is found again, in a session of its own, and ends when the other end does', async () => {
  const server = await startMountServer({ port: portOf(runDir), socketPath, runDir })
  expect(await adoptMountServer({ port: 'plain', runDir })).toMatchObject({
    port: 'plain',
    pid: server.pid,
  })
  expect(await adoptMountServer({ port: 'locking', runDir })).toBeUndefined()
  const session = async (pid: number | string) => (await readFile(`/proc/${pid}/stat`, 'utf8')).split(' ')[5]
  expect(await session(server.pid)).not.toBe(await session('self'))
  const socket = await connection
  socket.destroy()
  await gone(server.pid)
  expect(await adoptMountServer({ port: 'plain', runDir })).toBeUndefined()
})

test('a server is stopped, once and again', async () => {
  const server = await startMountServer({ port: portOf(runDir), socketPath, runDir })
  const socket = await connection
  const closed = new Promise((resolve) => socket.once('close', resolve))
  socket.resume()
  await server.stop()
  await closed
  await gone(server.pid)
  await server.stop()
})

test('a process that has the pid of a dead server is not taken for it', async () => {
  await writeFile(join(runDir, 'mounts-plain.pid'), `${process.pid} 1\n`)
  expect(await adoptMountServer({ port: 'plain', runDir })).toBeUndefined()
})

test('a source that is not there makes the start fail with its name', async () => {
  const missing = join(runDir, 'missing')
  await expect(startMountServer({ port: portOf(missing), socketPath, runDir })).rejects.toMatchObject({
    code: 'MOUNT_FAILED',
    message: expect.stringContaining(missing),
  })
})

test('a socket that nobody listens on makes the start fail', async () => {
  const nowhere = join(runDir, 'nowhere.sock')
  await expect(startMountServer({ port: portOf(runDir), socketPath: nowhere, runDir })).rejects.toMatchObject(
    {
      code: 'MOUNT_FAILED',
    },
  )
})
