import * as fs from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { AgentClient } from '../src/client/agent-client.ts'
import type { GuestMount } from '../src/protocol/setup.ts'
import { makeRootImage } from '../src/testing/root-image.ts'
import { bootGuest, type TestGuest, testProcess, testSetup } from '../src/testing/test-guest.ts'
import { eventually, type RunningServer, runServer } from './testing/mounted-port.ts'

let dir: string
let guests: readonly [Machine, Machine]

interface Machine {
  readonly guest: TestGuest
  readonly agent: AgentClient
  readonly servers: readonly RunningServer[]
  run(script: string): Promise<string>
}

const shared = (target: string, port: 'plain' | 'locking', entry: number, readOnly = false): GuestMount => ({
  kind: 'shared',
  target,
  port,
  entry: String(entry),
  readOnly,
})

/** Both machines have the same volume at /volume; /app and /fixed are binds of their own. */
const machine = async (name: string, image: string): Promise<Machine> => {
  const at = (...parts: string[]) => join(dir, name, ...parts)
  for (const folder of ['app/nested', 'fixed', 'over', 'plain', 'locking'])
    await fs.mkdir(at(folder), { recursive: true })
  await fs.writeFile(at('fixed/file'), 'fixed\n')
  await fs.writeFile(at('secret'), 'secret\n')
  const guest = await bootGuest(image, { plain: at('plain/sock'), locking: at('locking/sock') })
  const agent = await guest.attach(false)
  const plain = [`rw=${at('app')}`, `ro=${at('fixed')}`, `rw=${at('over')}`, `ro=${at('secret')}`]
  const servers = [
    await runServer(at('plain'), 'plain', plain),
    await runServer(at('locking'), 'locking', [`rw=${join(dir, 'volume')}`]),
  ]
  const setup = testSetup(testProcess(['sleep', '1000']))
  const mounts = [
    ...setup.mounts,
    shared('/app', 'plain', 0),
    shared('/fixed', 'plain', 1, true),
    shared('/app/nested', 'plain', 2),
    shared('/run/secrets/secret', 'plain', 3, true),
    shared('/volume', 'locking', 0),
  ]
  await agent.setup({ ...setup, mounts })
  await agent.start()
  const run = async (script: string): Promise<string> => {
    const exec = await agent.exec(testProcess(['sh', '-c', `{ ${script}; } 2>&1`]))
    return text(exec.stdout)
  }
  return { guest, agent, servers, run }
}

beforeAll(async () => {
  dir = await fs.mkdtemp(join(tmpdir(), 'mounts-'))
  await fs.mkdir(join(dir, 'volume'))
  const image = makeRootImage(dir)
  guests = [await machine('a', image), await machine('b', image)]
}, 180_000)

afterAll(async () => {
  for (const { guest, servers } of guests) {
    await guest.destroy()
    await Promise.all(
      servers.map(({ attendant }) => attendant.exitCode ?? new Promise((r) => attendant.once('exit', r))),
    )
  }
  await fs.rm(dir, { recursive: true })
})

test('files go both ways, a nested mount lies over its parent, a file may be a mount', async () => {
  const [{ run }] = guests
  expect(
    await run('echo made > /app/f; echo over > /app/nested/f; cat /fixed/file /run/secrets/secret'),
  ).toBe('fixed\nsecret\n')
  expect(await fs.readFile(join(dir, 'a/app/f'), 'utf8')).toBe('made\n')
  expect(await fs.readFile(join(dir, 'a/over/f'), 'utf8')).toBe('over\n')
  expect(await fs.readdir(join(dir, 'a/app/nested'))).toStrictEqual([])
})

test('a read-only mount is read-only', async () => {
  const [{ run }] = guests
  expect(await run('touch /fixed/new')).toContain('Read-only file system')
  expect(await run('echo x > /run/secrets/secret')).toContain('Read-only file system')
})

test('megabytes arrive unchanged', async () => {
  const [{ run }] = guests
  const bytes = Buffer.alloc(
    3_000_000,
    Uint8Array.from({ length: 251 }, (_, i) => i),
  )
  await fs.writeFile(join(dir, 'a/app/large'), bytes)
  await run('cat /app/large > /app/copy; cp /app/large /app/copy2')
  for (const copy of ['copy', 'copy2'])
    expect((await fs.readFile(join(dir, 'a/app', copy))).equals(bytes)).toBe(true)
})

test('a change on the host is seen, in content, names and listings', async () => {
  const [{ run }] = guests
  const path = join(dir, 'a/app/watched')
  await fs.writeFile(path, 'before\n')
  expect(await run('cat /app/watched; ls /app | wc -l; cat /app/absent')).toMatch(
    /^before\n\d+\n.*No such file/,
  )
  await fs.writeFile(path, 'after!\n')
  await eventually(async () => ((await run('cat /app/watched')) === 'after!\n' ? true : undefined))
  await fs.writeFile(join(dir, 'a/app/absent'), 'here\n')
  await eventually(async () => ((await run('cat /app/absent')) === 'here\n' ? true : undefined))
  await fs.rename(join(dir, 'a/app/absent'), path)
  await eventually(async () =>
    (await run('cat /app/watched; cat /app/absent')).startsWith('here\ncat:') ? true : undefined,
  )
  expect(await run('ls /app')).not.toContain('absent')
})

test('the host changes the directory under a nested mount, and the mount stays', async () => {
  const [{ run }] = guests
  await fs.chmod(join(dir, 'a/app/nested'), 0o700)
  await fs.writeFile(join(dir, 'a/app/nested/below'), '')
  await fs.writeFile(join(dir, 'a/over/g'), 'still over\n')
  await eventually(async () => ((await run('cat /app/nested/g')) === 'still over\n' ? true : undefined))
})

test('two machines on one volume see each other at once, and lose no appended line', async () => {
  const [a, b] = guests
  for (let i = 0; i < 5; i++) {
    expect(await b.run(`cat /volume/f${i}`)).toContain('No such file')
    await a.run(`echo ${i} > /volume/f${i}; echo ${i} > /volume/f`)
    expect(await b.run(`cat /volume/f${i} /volume/f`)).toBe(`${i}\n${i}\n`)
  }
  const append = (mark: string) =>
    `i=0; while [ $i -lt 200 ]; do echo ${mark} >> /volume/log; i=$((i+1)); done`
  await Promise.all([a.run(append('a')), b.run(append('b'))])
  const lines = ['a', 'b'].flatMap((mark) => Array<string>(200).fill(mark))
  for (const log of [await a.run('cat /volume/log'), await b.run('cat /volume/log')])
    expect(log.trim().split('\n').sort()).toStrictEqual(lines)
})

const serverPid = async (): Promise<number> =>
  Number(/^(\d+) /.exec(await fs.readFile(join(dir, 'b/plain/pid'), 'utf8'))?.[1])

/** Resolves when the next one is there. */
const killServer = async (): Promise<void> => {
  const before = await serverPid()
  process.kill(before, 'SIGKILL')
  await eventually(async () => {
    const pid = await serverPid()
    return pid > 0 && pid !== before ? true : undefined
  })
}

test('a server that dies has a successor: the guest waits, and what it has open stays what it is', async () => {
  const [, b] = guests
  await fs.mkdir(join(dir, 'b/app/deep/er'), { recursive: true })
  const work = b.run(
    'cd /app/deep/er && exec 3>out && i=0; while [ $i -lt 150 ]; do i=$((i+1)); echo line $i >&3; mkdir -p d$i; done; echo ended; ls -d d* | wc -l',
  )
  for (let times = 0; times < 5; times++) {
    await new Promise((resolve) => setTimeout(resolve, 300))
    await killServer()
  }
  expect(await work).toBe('ended\n150\n')
  expect(await fs.readFile(join(dir, 'b/app/deep/er/out'), 'utf8')).toBe(
    Array.from({ length: 150 }, (_, i) => `line ${i + 1}\n`).join(''),
  )
})

test('what changed on the host while there was no server is seen', async () => {
  const [, b] = guests
  await fs.writeFile(join(dir, 'b/app/changing'), 'before')
  expect(await b.run('cat /app/changing /run/secrets/secret; ls /app/new')).toMatch(
    /^beforesecret.*No such file/s,
  )
  process.kill(await serverPid(), 'SIGKILL')
  await fs.writeFile(join(dir, 'b/app/changing'), 'after!')
  await fs.writeFile(join(dir, 'b/app/new'), 'new')
  await fs.rename(join(dir, 'b/app/new'), join(dir, 'b/secret'))
  await fs.writeFile(join(dir, 'b/app/new'), 'new')
  await eventually(async () =>
    (await b.run('cat /app/changing /app/new /run/secrets/secret')) === 'after!newnew' ? true : undefined,
  )
  // One that is gone for good costs the others nothing.
  await fs.unlink(join(dir, 'b/secret'))
  process.kill(await serverPid(), 'SIGKILL')
  expect(await b.run('cat /app/new; cat /run/secrets/secret')).toMatch(/^new.*Stale file handle/s)
})

test('a server that can only die is not started for ever', async () => {
  const [, b] = guests
  const parent = b.servers[0]?.attendant
  while (parent?.exitCode === null && parent.signalCode === null) {
    try {
      process.kill(await serverPid(), 'SIGKILL')
    } catch {
      // The next one is about to be noted.
    }
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  expect(parent?.exitCode).toBe(1)
  // The other port has a server of its own.
  expect(await b.run('cat /volume/f')).toBe('4\n')
})
