import { appendFileSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { eventually } from '../eventually.ts'
import { bundle, Host, repository } from '../host.ts'
import { endWatching, startWatch, Watching } from '../watching.ts'

let host: Host
/** The folder of a static program that prints the events it hears. */
const printEvents = join(repository, 'packages/guest/build')
beforeAll(async () => {
  host = await Host.create()
  await host.load('busybox')
})
afterEach(endWatching)
afterAll(() => host.destroy())

const compose = (rules: string, more = '') => `
services:
  box:
    image: demo/busybox:1
    runtime: vm
    command: [sh, -c, 'echo began; exec sleep 1000000']
    stop_grace_period: 1s
    ${more}
    develop:
      watch:
        ${rules}
`

const box = async (dir: string, script: string) =>
  (await host.compose(['exec', '-T', 'box', 'sh', '-c', script], { cwd: dir })).stdout

test('a saved, renamed, removed file is so in the container too', async () => {
  const dir = host.project('sync', {
    'compose.yaml': compose('- { path: src, target: /app, action: sync, ignore: [skip/] }'),
    'src/a': 'one\n',
    'src/old': 'old\n',
  })
  const watch = await startWatch(host, dir)
  writeFileSync(join(dir, 'src/a'), 'two\n')
  await eventually(async () => (await box(dir, 'cat /app/a')) === 'two\n', 'the new content')
  mkdirSync(join(dir, 'src/deep/er'), { recursive: true })
  writeFileSync(join(dir, 'src/deep/er/x'), 'x\n', { mode: 0o755 })
  mkdirSync(join(dir, 'src/skip'))
  writeFileSync(join(dir, 'src/skip/never'), '')
  writeFileSync(join(dir, 'src/.new.tmp'), 'three\n')
  renameSync(join(dir, 'src/.new.tmp'), join(dir, 'src/a'))
  await eventually(async () => (await box(dir, 'cat /app/a')) === 'three\n', 'the content saved by rename')
  rmSync(join(dir, 'src/old'))
  renameSync(join(dir, 'src/deep'), join(dir, 'src/moved'))
  await eventually(
    async () =>
      (await box(dir, 'cd /app && find . | sort')) === '.\n./a\n./moved\n./moved/er\n./moved/er/x\n',
    'the same tree',
  )
  expect(await box(dir, 'stat -c %a /app/moved/er/x')).toBe('755\n')
  await host.ok(['up', '-d', '--force-recreate'], { cwd: dir })
  await eventually(
    async () => (await box(dir, 'cat /app/a /app/moved/er/x')) === 'three\nx\n',
    'what had changed, in a new container',
  )
  expect(watch.said).toMatch(
    /Syncing service "box" after 1 changes were detected\nservice\(s\) \["box"\] synced in \d\.\d{3} s\n/,
  )
  expect(await watch.interrupt()).toBe(130)
  // As the reference ends: a status without words.
  expect(watch.errors).toMatch(/Started\n\n$/)
  expect(watch.said).not.toContain('disabled')
  await host.ok(['down'], { cwd: dir })
})

const inspect = async (format: string): Promise<string> =>
  (await host.docker(['inspect', '-f', format, 'hot-box-1'])).stdout.trim()

test('a rule with restart starts the program again in the machine that runs: same machine, address, disk and log', async () => {
  const dir = host.project('hot', {
    'compose.yaml': compose(
      `- { path: conf, target: /conf, action: sync+restart, initial_sync: true }
        - { path: data, target: /data, action: sync+exec, exec: { command: [sh, -c, 'echo "$$PWD $$(cat *) $$GIVEN $$(id -un)" > /tmp/seen'], working_dir: /data, user: nobody, environment: { GIVEN: x } } }`,
      'healthcheck: { test: [CMD, "true"], interval: 1s }',
    ).replace("'echo began;", "'echo began with $$(cat /conf/setting); echo x >> /count;"),
    'conf/setting': 'one',
    'data/a': 'A',
  })
  const watch = await startWatch(host, dir)
  const machine = '{{.State.Pid}} {{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}'
  const before = await inspect(machine)
  const startedAt = await inspect('{{.State.StartedAt}}')
  writeFileSync(join(dir, 'conf/setting'), 'two')
  await eventually(
    async () => (await host.docker(['logs', 'hot-box-1'])).stdout.endsWith('began with two\n'),
    'the second run',
  )
  await eventually(() => watch.said.includes('service(s) ["box"] restarted'), 'the report')
  expect(await inspect(machine)).toBe(before)
  expect(await inspect('{{.State.StartedAt}}')).not.toBe(startedAt)
  expect(await box(dir, 'wc -l < /count')).toBe('2\n')
  await eventually(
    async () => (await inspect('{{.State.Health.Status}}')) === 'healthy',
    'health after the restart',
  )

  writeFileSync(join(dir, 'data/b'), 'B')
  await eventually(() => watch.said.includes('synced and told'), 'the hook')
  expect(await box(dir, 'cat /tmp/seen')).toBe('/data B x nobody\n')

  await host.ok(['restart', '--hot'], { cwd: dir })
  expect(await inspect(machine)).toBe(before)
  await host.ok(['restart'], { cwd: dir })
  expect(await inspect(machine)).not.toBe(before)
  await watch.interrupt()
  await host.ok(['down'], { cwd: dir })
})

test('after a storm of 2,000 files, with removals, moves and saves during it and a restart of the container amid it, the trees are equal', async () => {
  const dir = host.project('storm', {
    'compose.yaml': compose('- { path: src, target: /app, action: sync }'),
    'src/keep': 'k',
  })
  const watch = await startWatch(host, dir)
  const src = join(dir, 'src')
  for (let folder = 0; folder < 50; folder += 1) {
    mkdirSync(join(src, `d${folder}`))
    for (let file = 0; file < 40; file += 1)
      writeFileSync(join(src, `d${folder}/f${file}`), `${folder} ${file}\n`)
  }
  // Files are being brought over by now.
  await watch.saying('Syncing service')
  const restarted = host.ok(['restart', '-t', '0'], { cwd: dir })
  for (let folder = 0; folder < 50; folder += 5) rmSync(join(src, `d${folder}`), { recursive: true })
  for (let folder = 1; folder < 50; folder += 5)
    renameSync(join(src, `d${folder}`), join(src, `moved${folder}`))
  writeFileSync(join(src, 'keep'), 'kept')
  await restarted
  const sum = `find . -type f -exec md5sum {} + | sort -k 2 | md5sum`
  const here = (await host.run('sh', ['-c', sum], { cwd: src })).stdout
  await eventually(async () => (await box(dir, `cd /app && ${sum}`)) === here, 'the same content', 60_000)
  writeFileSync(join(src, 'd2/f3'), 'last')
  await eventually(async () => (await box(dir, 'cat /app/d2/f3')) === 'last', 'a save after the storm')
  expect(watch.errors).not.toContain('left out')
  await watch.interrupt()
  await host.ok(['down'], { cwd: dir })
})

test('up --watch shows logs and what watching does; a rebuild that fails is repaired by the next save; Ctrl-C stops all', async () => {
  const dir = host.project('rebuild', {
    'compose.yaml': `
services:
  box:
    build: { context: ., dockerfile_inline: "FROM demo/busybox:1\\nCOPY page Dockerfile.txt /" }
    runtime: vm
    command: [sh, -c, 'echo page $$(cat /page); exec sleep 1000000']
    stop_grace_period: 0s
    develop: { watch: [{ path: page, action: rebuild }, { path: Dockerfile.txt, action: rebuild }] }
`,
    page: 'one',
    'Dockerfile.txt': '',
  })
  const watching = new Watching(host, dir, 'up', '--build', '--watch')
  const saying = (text: string) => watching.saying(text)
  await saying('⦿ \x1b[0mWatch enabled')
  writeFileSync(join(dir, 'page'), 'two')
  await saying('Rebuilding service(s) ["box"] after changes were detected...')
  await saying('service(s) ["box"] successfully built')
  await saying('box-1   | page two')
  renameSync(join(dir, 'Dockerfile.txt'), join(dir, 'away'))
  await saying('Build failed. Error: ')
  // With the line of the Dockerfile, which stands in the compose file here.
  await saying('compose.yaml:4')
  expect(await box(dir, 'cat /page')).toBe('two')
  writeFileSync(join(dir, 'page'), 'three')
  renameSync(join(dir, 'away'), join(dir, 'Dockerfile.txt'))
  await saying('box-1   | page three')
  const dangling = ['images', '-q', '-f', 'dangling=true', '-f', 'label=com.docker.compose.project=rebuild']
  await eventually(async () => (await host.docker(dangling)).stdout === '', 'no image that was pushed aside')
  expect(await watching.interrupt()).toBe(130)
  expect((await host.ok(['ps', '-q'], { cwd: dir })).stdout).toBe('')
  await host.ok(['down', '--rmi', 'local'], { cwd: dir })
})

test('a rule that cannot be followed is refused before anything is done, with its place', async () => {
  const dir = host.project('refused', { 'compose.yaml': compose('- { path: src, action: rebuild }') })
  const outcome = await host.compose(['watch'], { cwd: dir })
  expect(outcome.code).toBe(1)
  expect(outcome.stderr).toContain(`can't watch service "box" with action rebuild without a build context`)
  expect(outcome.stderr).toMatch(/compose\.yaml:\d+/)
})

test('a tree of more directories than the kernel watches is refused, with the command that raises the limit', async () => {
  const dir = host.project('limit', {
    'compose.yaml': compose('- { path: src, target: /app, action: sync }'),
  })
  for (const name of ['a', 'b', 'c', 'd']) mkdirSync(join(dir, 'src', name), { recursive: true })
  // The limit of a user namespace, so that nobody else meets it.
  const watch = 'echo 4 > /proc/sys/user/max_inotify_watches && exec "$0" "$@" watch --no-up'
  const outcome = await host.run('unshare', ['-Ur', 'sh', '-c', watch, process.execPath, bundle], {
    cwd: dir,
  })
  expect(outcome.code).toBe(1)
  expect(outcome.stderr).toContain(
    'no more directories can be watched: fs.inotify.max_user_watches is used up',
  )
  expect(outcome.stderr).toContain('sysctl fs.inotify.max_user_watches=')
})

test('a program in the machine that watches a bind mount itself is woken by what the host does, and by nothing else', async () => {
  const dir = host.project('woken', {
    'compose.yaml': `
services:
  box:
    image: demo/busybox:1
    runtime: vm
    command: [/tool/print-events, /src, /src/file]
    stop_grace_period: 0s
    volumes: ['./src:/src', './fixed:/fixed:ro', '${printEvents}:/tool:ro']
    x-develop: { hot-restart: true }
`,
    'src/file': 'one\n',
    'fixed/f': '',
  })
  await host.ok(['up', '-d'], { cwd: dir })
  const heard = async () => (await host.docker(['logs', 'woken-box-1'])).stdout
  const hears = (text: string) => eventually(async () => (await heard()).endsWith(text), text)
  await hears('ready\n')
  writeFileSync(join(dir, 'fixed/f'), 'not watched')
  appendFileSync(join(dir, 'src/file'), 'two\n')
  await hears('0 modify file\n1 modify\n')
  mkdirSync(join(dir, 'src/new'))
  await hears('0 create-directory new\n')
  renameSync(join(dir, 'src/new'), join(dir, 'src/moved'))
  await hears('0 from-directory new\n0 to-directory moved\n')
  rmSync(join(dir, 'src/moved'), { recursive: true })
  await hears('0 delete-directory moved\n')
  writeFileSync(join(dir, 'src/.tmp'), 'three\n')
  renameSync(join(dir, 'src/.tmp'), join(dir, 'src/file'))
  await eventually(async () => (await heard()).includes('0 to file\n'), 'the save by rename')
  expect(await box(dir, 'ls -a /src; cat /src/file')).toBe('.\n..\nfile\nthree\n')
  // What is seen of one host file is one event, not a loop of them.
  expect((await heard()).split('0 modify file').length).toBe(2)
  // Not a rule in sight, but its source is bind-mounted, and it asks for a restart.
  const watch = await startWatch(host, dir, '--no-up')
  writeFileSync(join(dir, 'src/file'), 'four\n')
  await watch.saying('service(s) ["box"] restarted')
  expect((await heard()).split('ready\n').length).toBe(3)
  await watch.interrupt()
  await host.ok(['down'], { cwd: dir })
})

test('an engine that is killed amid watching costs nothing: the next one gets what was saved meanwhile', async () => {
  const dir = host.project('survives', {
    'compose.yaml': compose('- { path: src, target: /app, action: sync, initial_sync: true }'),
    'src/a': 'one\n',
  })
  await host.ok(['up', '-d'], { cwd: dir })
  const watch = await startWatch(host, dir, '--no-up')
  expect(await box(dir, 'cat /app/a')).toBe('one\n')
  const engine = host.processes().find(({ command }) => command.includes('engine run'))
  process.kill(engine?.pid ?? 0, 'SIGKILL')
  writeFileSync(join(dir, 'src/a'), 'two\n')
  writeFileSync(join(dir, 'src/b'), 'new\n')
  // Any command starts the next engine.
  await eventually(
    async () => (await box(dir, 'cat /app/a /app/b')) === 'two\nnew\n',
    'what was saved meanwhile',
  )
  writeFileSync(join(dir, 'src/b'), 'newer\n')
  await eventually(async () => (await box(dir, 'cat /app/b')) === 'newer\n', 'what is saved later')
  expect(await watch.interrupt()).toBe(130)
  await host.ok(['down'], { cwd: dir })
})
