import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { eventually } from '../eventually.ts'
import { bundle, Host, imageArchives } from '../host.ts'

let host: Host
beforeAll(async () => {
  host = await Host.create()
  await host.load('busybox')
})
afterAll(() => host.destroy())

const compose = (name: string, files: Record<string, string>) => {
  const dir = host.project(name, files)
  return (args: string[], env: Record<string, string> = {}) => host.compose(args, { cwd: dir, env })
}

test('a build sees nothing of the machine', async () => {
  const machine = host.project('machine', { secret: 'of the machine\n' })
  const files = {
    'compose.yaml': 'services: { web: { build: { context: ., network: none } } }',
    Dockerfile: `FROM demo/busybox:1 AS evil
RUN ln -s / /root-link && mkdir /dir
FROM demo/busybox:1
RUN --mount=type=bind,from=evil,source=/root-link,target=/host ls /host > /listing 2> /dev/null; ! test -e /host${machine}
RUN --mount=type=bind,target=/context,rw ! touch /context/written
RUN ! test -e /dev/vda && ! mknod /dev/mine b 254 0 && ! mount -t tmpfs tmpfs /mnt 2> /dev/null && \\
  test "$(ls -d /proc/[0-9]* | wc -l)" -lt 6 && ! grep -q ${machine} /proc/self/mountinfo
`,
  }
  const built = await compose('hostile', files)(['build'])
  expect(built).toMatchObject({ code: 0 })

  const run = compose('links', { ...files, Dockerfile: 'FROM demo/busybox:1\nCOPY out /\n' })
  symlinkSync(join(machine, 'secret'), join(host.root, 'projects/links/out'))
  expect((await run(['build'])).stderr).toMatch(
    /\[BUILD_FAILED\] at Dockerfile:2:1" excerpt="COPY out \/"\n.*COPY failed: /,
  )
})

test('a repository is a context, at a commit and below a directory', async () => {
  const repository = host.project('repository', {
    'docker/Dockerfile': 'FROM demo/busybox:1\nCOPY . /all\nRUN ls -A /all && cat /all/file\n',
    'docker/.dockerignore': 'ignored\n',
    'docker/ignored': 'no',
    'docker/file': 'first\n',
  })
  const git = async (...args: string[]) => {
    const identity = ['-c', 'user.name=t', '-c', 'user.email=t@localhost', '-c', 'init.defaultBranch=main']
    const { code, stdout, stderr } = await host.run('git', [...identity, ...args], { cwd: repository })
    if (code !== 0) throw new Error(stderr)
    return stdout.trim()
  }
  await git('init', '-q')
  await git('add', '.')
  await git('commit', '-qm', 'one')
  const first = await git('rev-parse', 'HEAD')
  writeFileSync(join(repository, 'docker/file'), 'second\n')
  await git('commit', '-qam', 'two')
  const all = join(host.root, 'projects')
  const served = ['--listen=127.0.0.1', '--export-all', `--base-path=${all}`, all]
  const daemon = host.spawn('git', ['daemon', '--reuseaddr', ...served])
  try {
    const url = (fragment: string) => `git://127.0.0.1/repository/.git#${fragment}:docker`
    const built = (context: string) =>
      compose('git', {
        'compose.yaml': `services: { web: { build: { context: '${context}', network: none } } }`,
      })(['build'])
    const main = await eventually(async () => {
      const { code, stdout, stderr } = await built(url('main'))
      if (code !== 0) throw new Error(stderr)
      return stdout
    }, 'the repository is served')
    expect(main).toBe('web 3/3 | .dockerignore\nweb 3/3 | Dockerfile\nweb 3/3 | file\nweb 3/3 | second\n')
    expect((await built(url(first))).stdout).toContain('| first\n')
    expect((await built(url('nope'))).stderr).toMatch(/failed to fetch the build context: .*nope/)
    expect((await built('https://127.0.0.1/context.git/../x.tar')).stderr).toContain('is no Git repository')
  } finally {
    daemon.kill('SIGTERM')
    await daemon
  }
})

test('caches of steps are kept from build to build', async () => {
  const run = compose('caches', {
    'compose.yaml': 'services: { web: { build: { context: ., network: none } } }',
    Dockerfile: `# syntax=docker/dockerfile:1
FROM --platform=$BUILDPLATFORM demo/busybox:1
COPY --link compose.yaml /
RUN --mount=type=cache,target=/cache echo line >> /cache/log && wc -l < /cache/log
`,
  })
  expect((await run(['build', '--no-cache'])).stdout).toBe('web 3/3 | 1\n')
  expect((await run(['build', '--no-cache'])).stdout).toBe('web 3/3 | 2\n')
})

test('base images come from registries, newer ones with --pull, and images go there with --push', async () => {
  const registry = join(host.root, 'registry')
  mkdirSync(registry, { recursive: true })
  const config = join(registry, 'config.yml')
  const address = '127.0.0.1:5000'
  writeFileSync(
    config,
    `version: 0.1\nstorage: { filesystem: { rootdirectory: ${registry} } }\nhttp: { addr: ${address} }\n`,
  )
  const server = host.spawn('docker-registry', ['serve', config])
  const push = async (tag: string) => {
    const to = ['--dest-tls-verify=false', `docker://${address}/base:1`]
    const outcome = await host.run('skopeo', ['--insecure-policy', 'copy', `docker-archive:${tag}`, ...to])
    if (outcome.code !== 0) throw new Error(outcome.stderr)
  }
  try {
    await eventually(async () => {
      await push(join(imageArchives, 'busybox.tar'))
      return true
    }, 'the registry answers')
    const run = compose('pulls', {
      'compose.yaml': 'services: { web: { build: { context: ., network: none } } }',
      Dockerfile: `FROM ${address}/base:1\nRUN test -e /usr/sbin/nginx && echo new || echo old\n`,
    })
    const first = await run(['build'])
    expect(first.stdout).toBe('web | Pulling 127.0.0.1:5000/base:1\nweb 2/2 | old\n')
    await push(join(imageArchives, 'web.tar'))
    expect((await run(['build'])).stdout).toBe('')
    const pulled = await run(['build', '--pull'])
    expect(pulled.stdout).toBe('web | Pulling 127.0.0.1:5000/base:1\nweb 2/2 | new\n')

    const pushes = compose('pushes', {
      'compose.yaml': `
services:
  web:
    image: ${address}/mine:2
    build: { context: ., network: none, tags: ['${address}/mine:also'] }
  other: { image: demo/busybox:1 }
`,
      Dockerfile: `FROM ${address}/base:1\nRUN echo made > /made\n`,
    })
    const pushed = await pushes(['build', '--push'])
    expect(pushed.stderr).toMatch(/ Pushing 127.0.0.1:5000\/mine:2: [0-9a-f]{12} Pushed \n/)
    expect(pushed.stderr).toContain(' Pushing 127.0.0.1:5000/mine:also  Pushed\n')
    const idOf = async () => (await host.docker(['inspect', '-f', '{{.Id}}', `${address}/mine:2`])).stdout
    const id = await idOf()
    for (const tag of ['2', 'also']) await host.docker(['rmi', `${address}/mine:${tag}`])
    await pushes(['pull', 'web'])
    expect(await idOf()).toBe(id)
    const again = await pushes(['push'])
    expect(again.stderr).toContain(' other Skipped \n')
    expect(again.stderr).toContain(`An image does not exist locally with the tag: ${address}/mine:also`)
  } finally {
    server.kill('SIGTERM')
    await server
  }
})

test('builds run side by side, and what they print belongs to them', async () => {
  const service = (name: string) =>
    `  ${name}: { build: { context: ., args: { WHO: ${name} }, network: none } }\n`
  const run = compose('many', {
    'compose.yaml': `services:\n${['a', 'b', 'c'].map(service).join('')}`,
    Dockerfile: 'FROM demo/busybox:1\nARG WHO\nRUN echo $WHO > /who; sleep 0.3; cat /who\n',
  })
  const { code, stdout } = await run(['build'])
  expect(code).toBe(0)
  expect(stdout.trim().split('\n').sort()).toEqual(['a 3/3 | a', 'b 3/3 | b', 'c 3/3 | c'])
})

test('a build that is interrupted, or whose engine dies, leaves nothing and hinders no other', async () => {
  const files = {
    'compose.yaml': 'services: { web: { build: { context: ., network: none } } }',
    Dockerfile: 'FROM demo/busybox:1\nRUN echo begun; sleep 1000\n',
  }
  const dir = host.project('cut', files)
  const begin = async () => {
    const child = host.spawn(process.execPath, [bundle, 'build'], { cwd: dir })
    let shown = ''
    child.stdout?.on('data', (chunk) => {
      shown += chunk
    })
    await eventually(() => shown.includes('| begun'), 'the step runs')
    return { child }
  }
  const steps = () => host.processes().filter(({ command }) => /buildah|sleep 1000/.test(command))
  const interrupted = await begin()
  expect(steps().length).toBeGreaterThan(0)
  interrupted.child.kill('SIGINT')
  expect((await interrupted.child).exitCode).toBe(130)
  await eventually(() => steps().length === 0, 'all of the build has ended')
  await eventually(() => readdirSync(join(host.root, 'data/build/work')).length === 0, 'its files are gone')

  const orphaned = await begin()
  process.kill(Number(readFileSync(join(host.root, 'run/engine.pid'), 'utf8')), 'SIGKILL')
  expect((await orphaned.child).stderr).toContain('service "web": the engine ended before its build did')
  await eventually(() => steps().length === 0, 'all of the build has ended')

  const again = compose('cut', { ...files, Dockerfile: 'FROM demo/busybox:1\nRUN echo fine\n' })
  expect((await again(['build'])).stdout).toBe('web 2/2 | fine\n')
  expect(readdirSync(join(host.root, 'data/build/work'))).toEqual([])
  const containers = readFileSync(
    join(host.root, `data/build/${driver(host.root)}/${driver(host.root)}-containers/containers.json`),
    'utf8',
  )
  expect(JSON.parse(containers)).toEqual([])

  const pruned = await host.docker(['builder', 'prune', '-f'])
  expect(pruned.stdout).toMatch(/Deleted build cache objects:\n[0-9a-f]{64}\n/)
  expect((await again(['build'])).stdout).toBe('web 2/2 | fine\n')
})

/** Of buildah's store on this machine. */
const driver = (root: string): string => (existsSync(join(root, 'data/build/overlay')) ? 'overlay' : 'vfs')
