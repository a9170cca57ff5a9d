import { createServer } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Host } from '../host.ts'

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

test('docker build, the classic builder of the real client', async () => {
  const dir = host.project('classic', {
    Dockerfile: `FROM demo/busybox:1
ARG WHO=you
COPY file /file
RUN echo hello $WHO && echo made > /made && echo aside >&2
HEALTHCHECK --interval=3s CMD true
CMD ["cat", "/file", "/made"]
`,
    '.dockerignore': '*\n!file\n',
    file: 'from the context\n',
    secret: 'never sent\n',
  })
  const build = ['build', '-t', 'mine:1', '-t', 'mine:also', '--build-arg', 'WHO=me', '--label', 'a=b', '.']
  const first = await host.docker(build, { cwd: dir })
  expect(first.stderr).toBe('')
  expect(first.stdout).toMatch(/Step 4\/6 : RUN echo hello .*\nhello me\n/)
  expect(first.stdout).toContain('aside\n')
  expect(first.stdout).toMatch(
    /Successfully built [0-9a-f]{12}\nSuccessfully tagged mine:1\nSuccessfully tagged mine:also\n$/,
  )

  const second = await host.docker(build, { cwd: dir })
  expect(second.stdout).toMatch(/Step 4\/6 : RUN [^\n]*\n ---> Using cache\n/)
  expect(second.stdout).not.toContain('hello me')

  const format = '{{json .Config.Labels}} {{json .Config.Healthcheck.Test}}'
  expect((await host.docker(['inspect', '-f', format, 'mine:also'])).stdout).toBe(
    '{"a":"b"} ["CMD-SHELL","true"]\n',
  )
  expect((await host.docker(['run', '--rm', 'mine:1'])).stdout).toBe('from the context\nmade\n')
})

test('a step that fails ends docker build with its status', async () => {
  const dir = host.project('failing', { Dockerfile: 'FROM demo/busybox:1\nRUN echo before; exit 7\n' })
  const { code, stdout, stderr } = await host.docker(['build', '.'], { cwd: dir })
  expect(stdout).toContain('before\n')
  expect(stderr).toBe("The command '/bin/sh -c echo before; exit 7' returned a non-zero code: 7\n")
  expect(code).toBe(7)
})

test('up builds what is missing, up --build what changed, and says what the steps print', async () => {
  const files = {
    'compose.yaml': `
services:
  web:
    build: .
    runtime: vm
    command: [cat, /file]
`,
    Dockerfile: 'FROM demo/busybox:1\nCOPY file /file\nRUN echo a step says this\n',
  }
  const run = compose('app', { ...files, file: 'one\n' })
  expect((await run(['plan'])).stdout).toContain('image:app-web image.build: image not present')
  const up = await run(['up', '--no-log-prefix'])
  expect(up.stderr).toContain(
    ' web 3/3 RUN echo a step says this \n web 3/3 RUN echo a step says this Done\n app-web  Built\n',
  )
  expect(up.stdout).toContain('web 3/3 | a step says this\n')
  expect(up.stdout).toContain('one\n')

  compose('app', { ...files, file: 'two\n' })
  const again = await run(['up', '--build', '--no-log-prefix', '--quiet-build'])
  expect(again.stdout).toContain('two\n')
  expect(again.stdout).not.toContain('a step says this')
  const third = await run(['build'])
  expect(third.stderr).toContain(' web 3/3 RUN echo a step says this Cached\n')
  expect(third.stdout).toBe('')
  await run(['down', '--rmi', 'local'])
})

test('a build in all its keys', async () => {
  const run = compose('keys', {
    'compose.yaml': `
services:
  first:
    build: &build
      context: src
      dockerfile: ../docker/Dockerfile
      target: last
      args: { SAID: in the file, FROM_ENVIRONMENT: }
      labels: { colour: blue }
      tags: [keys/extra:2]
      extra_hosts: [db=10.9.8.7]
      shm_size: 32m
      ulimits: { nofile: { soft: 77, hard: 99 } }
      network: none
      secrets: [file_secret, { source: variable_secret, target: renamed }]
      additional_contexts:
        shared: ./lib
        made: service:base
        image: docker-image://demo/busybox:1
  same:
    build: *build
  base:
    build:
      dockerfile_inline: |
        FROM demo/busybox:1
        RUN echo base > /base
secrets:
  file_secret: { file: ./secret }
  variable_secret: { environment: HUSH }
`,
    'docker/Dockerfile': `FROM made AS last
ARG SAID FROM_ENVIRONMENT GIVEN
COPY --from=shared file /shared
COPY . /src
COPY <<'written' /src/
$SAID
written
RUN <<script
#!/bin/sh -e
grep -q '^.SAID$' /src/written && test "$SAID" = 'in the file'
script
RUN test "$SAID-$FROM_ENVIRONMENT-$GIVEN" = "in the file-outside-by hand" && \\
  test "$(cat /base /shared /src/here | tr '\\n' ' ')" = "base lib here " && test ! -e /src/ignored && test ! -e /src/.dockerignore
RUN --mount=type=secret,id=file_secret --mount=type=secret,id=renamed \\
  grep -q '^hush.d$' /run/secrets/renamed && grep -q '^k.pt$' /run/secrets/file_secret
RUN grep -q '^10.9.8.7.db' /etc/hosts && test "$(ulimit -n)" = 77 && test "$(ulimit -Hn)" = 99 && \\
  test "$(df -k /dev/shm | awk 'END { print $2 }')" = 32768 && test "$(ls /sys/class/net)" = lo
COPY --from=image /bin/busybox /other

FROM demo/busybox:1
RUN exit 1
`,
    secret: 'kept\n',
    'lib/file': 'lib\n',
    'src/here': 'here\n',
    'src/ignored': 'no\n',
    'src/.dockerignore': 'ignored\n.dockerignore\n',
  })
  const built = await run(['build', '--build-arg', 'GIVEN=by hand'], {
    FROM_ENVIRONMENT: 'outside',
    HUSH: 'hushed',
  })
  expect(built).toMatchObject({ code: 0 })
  expect(built.stderr.match(/ Built\n/g)).toHaveLength(2)
  const format =
    '{{.Id}} {{index .Config.Labels "colour"}} {{index .Config.Labels "com.docker.compose.service"}}'
  const inspect = ['inspect', '-f', format, 'keys-first', 'keys-same', 'keys/extra:2']
  const lines = (await host.docker(inspect)).stdout.trim().split('\n')
  expect(new Set(lines).size).toBe(1)
  expect(lines[0]).toMatch(/^sha256:[0-9a-f]{64} blue first$/)
  const history = await host.docker(['history', '--no-trunc', 'keys-first'])
  expect(history.stdout).not.toContain('hushed')
})

test('a failing step is told with its line', async () => {
  const run = compose('fails', {
    'compose.yaml': `
services:
  web: { build: . }
  inline:
    build:
      dockerfile_inline: |
        FROM demo/busybox:1
        COPY nothing /
  heredoc: { build: { dockerfile: Heredoc } }
  base: { build: { dockerfile: Base } }
`,
    Dockerfile: 'FROM demo/busybox:1\n\nRUN echo seen && \\\n    exit 9\n',
    Heredoc: 'FROM demo/busybox:1\nRUN true\nRUN <<EOF\necho in it\nexit 4\nEOF\n',
    Base: 'FROM localhost:1/none\n',
  })
  const failed = await run(['build', '-q', 'web'])
  expect(failed.code).toBe(1)
  expect(failed.stderr).toContain(' fails-web  Error\n')
  // Quiet ends where something fails.
  expect(failed.stderr).toContain('\nseen\n')
  expect(failed.stderr).toMatch(/\[BUILD_FAILED\] at Dockerfile:3:1" excerpt="RUN echo seen && \\\\"/)
  expect(failed.stderr).toContain('service "web": The command \'/bin/sh -c echo seen && ')
  expect((await run(['build', 'inline'])).stderr).toMatch(/at compose.yaml:\d+:1" excerpt="COPY nothing \/"/)
  expect((await run(['build', 'heredoc'])).stderr).toMatch(/at Heredoc:3:1" excerpt="RUN <<EOF"/)
  expect((await run(['build', 'base'])).stderr).toMatch(/at Base:1:1" excerpt="FROM localhost:1\/none"/)
})

test('build -q, --no-cache, --dry-run, --with-dependencies, and what is refused', async () => {
  const run = compose('flags', {
    'compose.yaml': `
services:
  app: { build: ., depends_on: [db] }
  db: { build: { context: ., args: { DB: '1' } } }
  refused: { build: { context: ., network: other } }
  plain: { image: demo/busybox:1 }
`,
    Dockerfile: 'FROM demo/busybox:1\nARG DB\nRUN echo step\n',
  })
  expect(await run(['build', '-q', 'app'])).toEqual({
    code: 0,
    stdout: '',
    stderr: ' flags-app  Building\n flags-app  Built\n',
  })
  expect((await run(['build', 'app'])).stdout).toBe('')
  expect((await run(['build', '--no-cache', '--memory', '64m', 'app'])).stdout).toBe('app 3/3 | step\n')
  expect((await run(['--dry-run', 'build', '--with-dependencies', 'app'])).stdout).toBe(
    '[] -> #1 image:flags-db image.build: asked for\n[] -> #2 image:flags-app image.build: asked for\n',
  )
  expect(await run(['build', 'plain'])).toMatchObject({ code: 0, stdout: '', stderr: '' })
  expect((await run(['build', '--print', 'app'])).stderr).toContain('--print is not supported')
  expect((await run(['build'])).stderr).toMatch(
    /\[UNSUPPORTED_KEY\] at compose.yaml:5:\d+".*\nservices.refused.build.network is not supported\n$/,
  )
  const json = await run(['--progress', 'json', 'build', '--no-cache', 'app'])
  expect(json.stdout).toBe('{"id":"app 3/3","parent_id":"flags-app","output":"step"}\n')
  expect(json.stderr).toContain(
    '{"id":"app 3/3","parent_id":"flags-app","text":"RUN echo step","status":"Done","percent":100}\n',
  )
  expect((await run(['up', '-d', '--no-build', 'db'])).stderr).toContain('No such image: flags-db:latest')
})

test('a step may use the agent of the user, and only where it asks for it', async () => {
  const socket = join(host.root, 'agent.sock')
  // An agent without keys: it answers a request for identities (11) with an empty list (12).
  const agent = createServer((connection) =>
    connection.on('data', () => connection.write(Buffer.from([0, 0, 0, 5, 12, 0, 0, 0, 0]))),
  ).listen(socket)
  try {
    const run = compose('ssh', {
      'compose.yaml': 'services: { web: { build: { context: ., network: none, ssh: [default] } } }',
      Dockerfile: `FROM demo/busybox:1
RUN test -z "$SSH_AUTH_SOCK"
RUN --mount=type=ssh test -S "$SSH_AUTH_SOCK"
`,
    })
    expect(await run(['build'], { SSH_AUTH_SOCK: socket })).toMatchObject({ code: 0 })
    const without = await run(['build'])
    expect(without.stderr).toContain('[BUILD_SSH] at compose.yaml:1:')
  } finally {
    agent.close()
  }
})
