import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { eventually } from '../eventually.ts'
import { Host, imageArchives } from '../host.ts'
import { endHard, randomMoments } from '../kill.ts'

/**
 * The engine dies amid a call: the next engine finishes or undoes what was begun, the same call again has its effect, and
 * nothing stays that nobody knows.
 */
const { seed, moment } = randomMoments()
const rounds = Number(process.env['KILL_ROUNDS'] ?? 2)

let host: Host
beforeAll(async () => {
  host = await Host.create()
  await host.load('busybox')
})
afterAll(() => host.destroy())

const docker = async (...args: string[]): Promise<string> => {
  const { code, stdout, stderr } = await host.docker(args)
  if (code !== 0) throw new Error(`docker ${args.join(' ')}: exit ${code}\n${stdout}${stderr}`)
  return stdout.trim()
}

/** Starts a call, kills the engine after so long, and resolves when a new one answers. */
const killAmid = async (args: readonly string[], afterMs: number): Promise<void> => {
  const call = host.docker(args)
  await new Promise((resolve) => setTimeout(resolve, afterMs))
  endHard(Number(readFileSync(join(host.root, 'run/engine.pid'), 'utf8')))
  await call
  await host.ok(['engine', 'start'])
  // Answered when the new engine has taken over what there is.
  await docker('ps')
}

const many = (claim: string, longestMs: number, work: (afterMs: number) => Promise<void>): void => {
  for (let round = 1; round <= rounds; round++) {
    const afterMs = moment(longestMs)
    test(`${claim} (after ${afterMs} ms, seed ${seed}, round ${round})`, () => work(afterMs))
  }
}

const run = (...args: string[]): Promise<string> =>
  docker('run', '-d', '--runtime', 'vm', '--name', 'it', ...args)
const stoppable = ['demo/busybox:1', 'sh', '-c', "trap 'exit 5' TERM; while :; do sleep 0.1; done"]
const inspect = (format: string): Promise<string> => docker('inspect', '-f', format, 'it')

afterEach(async () => {
  await host.docker(['rm', '-f', '-v', 'it'])
  expect(await docker('ps', '-a', '-q')).toBe('')
  expect(host.machines()).toEqual([])
  for (const folder of ['data/containers', 'run/c', 'data/volumes'])
    expect(readdirSync(join(host.root, folder))).toEqual([])
  expect(readdirSync(join(host.root, 'data/networks'))).toHaveLength(3)
})

many('stop', 300, async (afterMs) => {
  await run(...stoppable)
  await killAmid(['stop', 'it'], afterMs)
  await docker('stop', 'it')
  expect(await inspect('{{.State.Status}} {{.State.ExitCode}}')).toBe('exited 5')
  expect(host.machines()).toEqual([])
})

many('start', 800, async (afterMs) => {
  await docker('create', '--runtime', 'vm', '--name', 'it', '-p', '8071:80', ...stoppable)
  await killAmid(['start', 'it'], afterMs)
  await docker('start', 'it')
  expect(await inspect('{{.State.Status}}')).toBe('running')
  expect(host.machines()).toHaveLength(1)
})

many('restart', 800, async (afterMs) => {
  await run(...stoppable)
  await killAmid(['restart', 'it'], afterMs)
  await docker('restart', 'it')
  expect(await inspect('{{.State.Status}}')).toBe('running')
  expect(host.machines()).toHaveLength(1)
})

many('rm -f -v', 250, async (afterMs) => {
  await run('-v', '/anonymous', ...stoppable)
  await killAmid(['rm', '-f', '-v', 'it'], afterMs)
  await host.docker(['rm', '-f', '-v', 'it'])
})

many('run --rm', 1_500, async (afterMs) => {
  await killAmid(['run', '--rm', '--name', 'it', '-v', '/anonymous', 'demo/busybox:1', 'true'], afterMs)
  // Created and never started: that is the client's to do, and it has gone.
  if ((await docker('ps', '-a', '-q', '-f', 'status=created')) !== '') await docker('rm', '-v', 'it')
  await eventually(async () => (await docker('ps', '-a', '-q')) === '', 'it has been removed')
})

many('exec', 300, async (afterMs) => {
  await run(...stoppable)
  await killAmid(
    ['exec', 'it', 'sh', '-c', 'i=0; while [ $i -lt 100 ]; do i=$((i+1)); echo $i; done'],
    afterMs,
  )
  expect(await docker('exec', 'it', 'echo', 'again')).toBe('again')
  expect(await inspect('{{.State.Status}}')).toBe('running')
})

many('cp into a container that does not run', 1_500, async (afterMs) => {
  await docker('create', '--runtime', 'vm', '--name', 'it', 'demo/busybox:1', 'cat', '/given')
  const file = join(host.root, 'given')
  writeFileSync(file, 'given\n')
  await killAmid(['cp', file, 'it:/given'], afterMs)
  expect(host.machines()).toEqual([])
  await docker('cp', file, 'it:/given')
  await docker('start', 'it')
  await docker('wait', 'it')
  expect(await docker('logs', 'it')).toBe('given')
})

many('network create and rm', 60, async (afterMs) => {
  await killAmid(['network', 'create', 'net'], afterMs)
  await host.docker(['network', 'create', 'net'])
  await run('--network', 'net', 'demo/busybox:1', 'true')
  await docker('wait', 'it')
  await docker('rm', 'it')
  await killAmid(['network', 'rm', 'net'], afterMs)
  await host.docker(['network', 'rm', 'net'])
  expect(await docker('network', 'ls', '-q', '-f', 'name=net')).toBe('')
})

many('load', 400, async (afterMs) => {
  const archive = join(imageArchives, 'redis.tar')
  await killAmid(['load', '-i', archive], afterMs)
  await docker('load', '-i', archive)
  expect(await docker('images', '-q', 'demo/redis')).not.toBe('')
  await docker('rmi', 'demo/redis:1')
})
