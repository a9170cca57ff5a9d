import { afterAll, beforeAll, expect, test } from 'vitest'
import { Host } from '../host.ts'

let host: Host
beforeAll(async () => {
  host = await Host.create()
  await host.load('busybox')
})
afterAll(() => host.destroy())

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
