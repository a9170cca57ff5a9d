import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Host } from '../host.ts'

let host: Host
beforeAll(async () => {
  host = await Host.create()
  await host.load('busybox')
})
afterAll(() => host.destroy())

const docker = async (...args: string[]): Promise<string> => {
  const { code, stdout, stderr } = await host.docker(args)
  if (code !== 0) throw new Error(`docker ${args.join(' ')}: exit ${code}: ${stderr}`)
  return stdout
}

test('version and info name the engine', async () => {
  expect(await docker('version', '--format', '{{.Server.APIVersion}}')).toBe('1.51\n')
  expect(await docker('info', '--format', '{{.OSType}} {{.DefaultRuntime}}')).toMatch(/^linux vm\n$/)
  expect(await docker('images', '--format', '{{.Repository}}:{{.Tag}}')).toContain('demo/busybox:1\n')
})

test('run prints, passes the exit code on, and removes with --rm', async () => {
  expect(await docker('run', '--rm', 'demo/busybox:1', 'echo', 'hello from a machine')).toBe(
    'hello from a machine\n',
  )
  expect((await host.docker(['run', '--rm', 'demo/busybox:1', 'sh', '-c', 'exit 9'])).code).toBe(9)
  const missing = await host.docker(['run', '--rm', 'demo/busybox:1', 'nosuch'])
  expect(missing.code).toBe(127)
  expect(missing.stderr).toContain('executable file not found in $PATH')
  expect((await host.docker(['run', '--rm', '-i', 'demo/busybox:1', 'cat'], { input: 'typed' })).stdout).toBe(
    'typed',
  )
  expect(await docker('ps', '-aq')).toBe('')
})

test('run -d, ps, logs, exec, inspect, cp, stop and rm', async () => {
  const id = (
    await docker(
      'run',
      '-d',
      '--name',
      'box',
      '-l',
      'colour=blue',
      'demo/busybox:1',
      'sh',
      '-c',
      "trap 'exit 4' TERM; echo ready; while :; do sleep 0.1; done",
    )
  ).trim()
  expect(id).toMatch(/^[0-9a-f]{64}$/)
  expect(
    await docker(
      'ps',
      '--format',
      '{{.Names}} {{.Image}} {{.State}}',
      '-f',
      'label=colour=blue',
      '-f',
      'name=box',
    ),
  ).toBe('box demo/busybox:1 running\n')
  expect(await docker('ps', '-q', '-f', 'label=colour=red')).toBe('')
  expect((await host.docker(['exec', '-i', 'box', 'cat'], { input: 'through' })).stdout).toBe('through')
  expect((await host.docker(['exec', 'box', 'sh', '-c', 'exit 6'])).code).toBe(6)
  expect(await docker('inspect', '-f', '{{.Id}} {{.State.Running}} {{.HostConfig.Runtime}}', 'box')).toBe(
    `${id} true vm\n`,
  )
  expect(await docker('logs', 'box')).toBe('ready\n')

  const folder = join(host.root, 'cp')
  mkdirSync(folder)
  writeFileSync(join(folder, 'in'), 'copied\n')
  await docker('cp', join(folder, 'in'), 'box:/tmp/in')
  expect(await docker('exec', 'box', 'cat', '/tmp/in')).toBe('copied\n')
  await docker('cp', 'box:/tmp/in', join(folder, 'out'))
  expect(readFileSync(join(folder, 'out'), 'utf8')).toBe('copied\n')

  await docker('stop', 'box')
  expect(await docker('inspect', '-f', '{{.State.ExitCode}}', 'box')).toBe('4\n')
  await docker('cp', 'box:/tmp/in', join(folder, 'stopped'))
  expect(readFileSync(join(folder, 'stopped'), 'utf8')).toBe('copied\n')
  await docker('rm', 'box')
  const gone = await host.docker(['inspect', 'box'])
  expect(gone.code).toBe(1)
  expect(gone.stderr).toContain('No such object: box')
})

test('network ls, volume ls and events show what happens', async () => {
  const since = String(Math.floor(Date.now() / 1000) - 1)
  await docker('network', 'create', '--label', 'a=b', 'meadow')
  await docker('volume', 'create', 'barn')
  await docker(
    'run',
    '--rm',
    '--network',
    'meadow',
    '-v',
    'barn:/barn',
    'demo/busybox:1',
    'touch',
    '/barn/hay',
  )
  expect(await docker('network', 'ls', '--format', '{{.Name}} {{.Driver}}', '-f', 'label=a=b')).toBe(
    'meadow bridge\n',
  )
  expect(await docker('volume', 'ls', '--format', '{{.Name}} {{.Driver}}')).toBe('barn local\n')
  const until = String(Math.ceil(Date.now() / 1000))
  const events = await docker(
    'events',
    '--since',
    since,
    '--until',
    until,
    '--format',
    '{{.Type}} {{.Action}}',
  )
  for (const line of [
    'network create',
    'volume create',
    'container create',
    'container start',
    'container die',
    'container destroy',
  ]) {
    expect(events.split('\n')).toContain(line)
  }
  await docker('network', 'rm', 'meadow')
  await docker('volume', 'rm', 'barn')
})

test('a terminal is a terminal: size, colours and exit code', async () => {
  const script = `docker_cmd() { "$@"; }; stty rows 33 cols 101; "$0" -H unix://${host.socket} run --rm -it demo/busybox:1 stty size; echo code $?`
  const client = new URL('../../.cache/docker/usr/bin/docker', import.meta.url).pathname
  const { stdout } = await host.run('script', ['-qec', `bash -c '${script}' ${client}`, '/dev/null'])
  expect(stdout).toContain('33 101')
  expect(stdout).toContain('code 0')
})
