import {
  appendFileSync,
  chmodSync,
  chownSync,
  existsSync,
  readFileSync,
  renameSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { eventually } from '../eventually.ts'
import { Host } from '../host.ts'

let host: Host
let dir: string
beforeAll(async () => {
  host = await Host.create()
  await host.load('busybox')
  dir = host.project('files', {
    'compose.yaml': `
services:
  box:
    image: demo/busybox:1
    runtime: vm
    command: [sleep, '1000000']
    stop_grace_period: 0s
    volumes:
      - ./rw.conf:/deep/er/rw.conf
      - ./ro.conf:/etc/ro.conf:ro
      - ./over:/etc/passwd:ro
      - ./link:/linked
      - ./private:/private
      - ./absent:/absent
    secrets: [file, { source: env, target: /run/env, uid: '7', gid: '8', mode: 0440 }]
    configs: [{ source: inline, target: /etc/inline.conf }, { source: conf, target: /etc/conf }]
secrets: { file: { file: ./secret }, env: { environment: TOKEN } }
configs: { inline: { content: "inline of \${TOKEN}\\n" }, conf: { file: ./conf } }
`,
    'rw.conf': 'one\n',
    'ro.conf': 'fixed\n',
    over: 'root:x:0:0:from the host:/:/bin/sh\n',
    real: 'real\n',
    private: 'private\n',
    secret: 'hush\n',
    conf: 'conf\n',
  })
  symlinkSync('real', join(dir, 'link'))
  chmodSync(join(dir, 'private'), 0o640)
  chownSync(join(dir, 'private'), 1000, 1001)
  await host.ok(['up', '-d'], { cwd: dir, env: { TOKEN: 'token' } })
})
afterAll(() => host.destroy())

const box = async (script: string): Promise<string> =>
  (await host.compose(['exec', '-T', 'box', 'sh', '-c', script], { cwd: dir, env: { TOKEN: 'token' } }))
    .stdout
const seen = (path: string, text: string) =>
  eventually(async () => (await box(`cat ${path}`)) === text, `${path} is ${JSON.stringify(text)}`)

test('a file is where it was asked for: in directories that the image lacks, over its files, through links', async () => {
  expect(await box('cat /deep/er/rw.conf /etc/ro.conf /linked; grep -c "from the host" /etc/passwd')).toBe(
    'one\nfixed\nreal\n1\n',
  )
  expect(await box('stat -c "%a %u:%g" /private /deep/er/rw.conf; stat -c %a /deep /deep/er')).toBe(
    '640 1000:1001\n644 0:0\n755\n755\n',
  )
})

test('writes go to the host, unless it is read-only, and the file can neither be removed nor replaced', async () => {
  expect(await box('echo two > /deep/er/rw.conf; echo three >> /deep/er/rw.conf')).toBe('')
  expect(readFileSync(join(dir, 'rw.conf'), 'utf8')).toBe('two\nthree\n')
  expect(await box('echo no 2>&1 > /etc/ro.conf || echo refused; chmod 600 /etc/ro.conf 2>&1')).toContain(
    'Read-only',
  )
  expect(await box('rm /deep/er/rw.conf 2>&1; echo x > /new; mv /new /deep/er/rw.conf 2>&1')).toMatch(
    /busy.*busy/s,
  )
  expect(readFileSync(join(dir, 'ro.conf'), 'utf8')).toBe('fixed\n')
})

test('a missing source of the short form is made as a directory, of the long form it is an error', async () => {
  expect(statSync(join(dir, 'absent')).isDirectory()).toBe(true)
  expect(await box('test -d /absent && echo directory')).toBe('directory\n')
  const long = host.project('long', {
    'compose.yaml': `
services:
  box:
    image: demo/busybox:1
    runtime: vm
    volumes: [{ type: bind, source: ./absent, target: /absent, bind: { create_host_path: false } }]
`,
  })
  const { code, stderr } = await host.compose(['up', '-d'], { cwd: long })
  expect(code).toBe(1)
  expect(stderr).toContain(`bind source path does not exist: ${join(long, 'absent')}`)
  expect(existsSync(join(long, 'absent'))).toBe(false)
})

test('what is saved on the host is seen, in place or by a rename, secrets and configs too', async () => {
  for (const [name, path] of [
    ['rw.conf', '/deep/er/rw.conf'],
    ['secret', '/run/secrets/file'],
    ['conf', '/etc/conf'],
    ['real', '/linked'],
  ] as const) {
    writeFileSync(join(dir, name), 'saved\n')
    await seen(path, 'saved\n')
    writeFileSync(join(dir, 'saved'), 'renamed\n')
    renameSync(join(dir, 'saved'), join(dir, name))
    await seen(path, 'renamed\n')
    appendFileSync(join(dir, name), 'more\n')
    await seen(path, 'renamed\nmore\n')
  }
})

test('secrets and configs without a file are written into the container, with owner and mode', async () => {
  expect(await box('cat /run/env /etc/inline.conf')).toBe('tokeninline of token\n')
  expect(await box('stat -c "%a %u:%g" /run/env /etc/inline.conf')).toBe('440 7:8\n444 0:0\n')
  expect(await box('echo no > /run/secrets/file || echo refused')).toBe('refused\n')
})
