import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import * as fs from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { eventually, type MountedPort, mountPort } from './testing/mounted-port.ts'

/** A volume that two machines have, and this host. */
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

const fresh = async (name: string, content = ''): Promise<void> => {
  await fs.writeFile(join(volume, name), content)
}

/** Runs Python with `path` and `fcntl`; resolves with what it printed. */
const python = (script: string, path: string): string =>
  execFileSync('python3', ['-c', `import fcntl,os,sys,time\npath=sys.argv[1]\n${script}`, path], {
    encoding: 'utf8',
  }).trim()

/** The same in the background, killed with `kill`; resolves when it has printed a line. */
const hold = async (script: string, path: string): Promise<ChildProcess> => {
  const child = spawn('python3', ['-uc', `import fcntl,os,sys,time\npath=sys.argv[1]\n${script}`, path], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  await once(child.stdout, 'data')
  return child
}

const end = async (child: ChildProcess): Promise<void> => {
  child.kill('SIGKILL')
  await once(child, 'exit')
}

/** Each keeps the file open, so that nothing but the lock says that it has changed. */
const increments = `
import fcntl,sys
f=open(sys.argv[1],'r+')
for i in range(400):
  LOCK
  f.seek(0); n=int(f.read() or 0); f.seek(0); f.write(str(n+1)); f.flush()
  UNLOCK
`

test.each([
  ['fcntl', 'fcntl.lockf(f,fcntl.LOCK_EX)', 'fcntl.lockf(f,fcntl.LOCK_UN)'],
  ['flock', 'fcntl.flock(f,fcntl.LOCK_EX)', 'fcntl.flock(f,fcntl.LOCK_UN)'],
])('%s: increments of two machines and the host are all counted', async (kind, lock, unlock) => {
  await fresh(`count-${kind}`, '0')
  const script = increments.replace('LOCK', lock).replace('UNLOCK', unlock)
  await Promise.all(
    [first, second, volume].map(async (root) => {
      const args = ['-c', script, join(root, `count-${kind}`)]
      const [status] = await once(spawn('python3', args, { stdio: 'inherit' }), 'exit')
      expect(status).toBe(0)
    }),
  )
  expect(await fs.readFile(join(volume, `count-${kind}`), 'utf8')).toBe('1200')
})

const tryLock = `
f=open(path,'r+')
try:
  TRY
  print('free')
except OSError as e: print(type(e).__name__)
`
const tryFcntl = tryLock.replace('TRY', 'fcntl.lockf(f,fcntl.LOCK_EX|fcntl.LOCK_NB)')
const tryFlock = tryLock.replace('TRY', 'fcntl.flock(f,fcntl.LOCK_EX|fcntl.LOCK_NB)')

test.each([
  ['fcntl', 'fcntl.lockf(f,fcntl.LOCK_EX)', tryFcntl],
  ['flock', 'fcntl.flock(f,fcntl.LOCK_EX)', tryFlock],
])(
  '%s: what one machine holds no other gets, until it is given back or the holder dies',
  async (kind, lock, attempt) => {
    const name = `held-${kind}`
    await fresh(name)
    const holder = await hold(
      `f=open(path,'r+')\n${lock}\nprint('held')\ntime.sleep(1000)`,
      join(first, name),
    )
    for (const root of [second, volume, first])
      expect(python(attempt, join(root, name))).toBe('BlockingIOError')
    await end(holder)
    await eventually(async () => (python(attempt, join(second, name)) === 'free' ? true : undefined))
    for (const root of [first, volume]) expect(python(attempt, join(root, name))).toBe('free')
  },
)

test('whoever waits gets the lock when it is free, or gives up when interrupted', async () => {
  await fresh('awaited')
  const holder = await hold(
    `f=open(path,'r+')\nfcntl.lockf(f,fcntl.LOCK_EX)\nprint('held')\ntime.sleep(1000)`,
    join(first, 'awaited'),
  )
  const wait = `f=open(path,'r+')\nprint('waits')\nfcntl.lockf(f,fcntl.LOCK_EX)\nprint('got')\ntime.sleep(1000)`
  const impatient = await hold(wait, join(second, 'awaited'))
  const patient = await hold(wait, join(second, 'awaited'))
  // It sleeps in the kernel for an answer of the server; it ends only if that comes.
  await end(impatient)
  const got = once(patient.stdout as NonNullable<ChildProcess['stdout']>, 'data')
  await end(holder)
  expect(String((await got)[0]).trim()).toBe('got')
  expect(python(tryFcntl, join(volume, 'awaited'))).toBe('BlockingIOError')
  await end(patient)
})

test('ranges that do not overlap, and shared locks, do not exclude each other', async () => {
  await fresh('ranges', 'x'.repeat(100))
  const holder = await hold(
    `f=open(path,'r+')\nfcntl.lockf(f,fcntl.LOCK_EX,10,0)\nfcntl.lockf(f,fcntl.LOCK_SH,10,50)\nprint('held')\ntime.sleep(1000)`,
    join(first, 'ranges'),
  )
  const attempt = (mode: string, length: number, start: number) =>
    python(
      tryLock.replace('TRY', `fcntl.lockf(f,fcntl.${mode}|fcntl.LOCK_NB,${length},${start})`),
      join(second, 'ranges'),
    )
  expect(attempt('LOCK_EX', 10, 10)).toBe('free')
  expect(attempt('LOCK_SH', 10, 50)).toBe('free')
  expect(attempt('LOCK_EX', 10, 50)).toBe('BlockingIOError')
  expect(attempt('LOCK_SH', 1, 9)).toBe('BlockingIOError')
  await end(holder)
})

test('a shared lock by a file that is only read is given back when that is closed', async () => {
  await fresh('read')
  const holder = await hold(
    `f=open(path)\nfcntl.lockf(f,fcntl.LOCK_SH)\nprint('held')\ntime.sleep(1)\nf.close()\nprint('closed')\ntime.sleep(1000)`,
    join(first, 'read'),
  )
  expect(python(tryFcntl, join(second, 'read'))).toBe('BlockingIOError')
  await once(holder.stdout as NonNullable<ChildProcess['stdout']>, 'data')
  await eventually(async () => (python(tryFcntl, join(second, 'read')) === 'free' ? true : undefined))
  await end(holder)
})
