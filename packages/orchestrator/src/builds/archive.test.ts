import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { text } from 'node:stream/consumers'
import { extract } from 'tar-stream'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { buildArchive } from './archive.ts'
import { readContextRules } from './context-files.ts'

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'cc-archive-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

const write = (files: Record<string, string>): void => {
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), content)
  }
}

const sent = async (dockerfile?: string, files: { name: string; content: Buffer }[] = []) => {
  const rules = await readContextRules(folder, dockerfile)
  const archive = buildArchive([
    { kind: 'folder', prefix: '', folder, rules },
    ...files.map((file) => ({ kind: 'file' as const, ...file })),
  ])
  const found: Record<string, string> = {}
  const entries = archive.pipe(extract())
  for await (const entry of entries) {
    const { name, type, mode = 0, uid, gid, linkname } = entry.header
    expect([uid, gid]).toEqual([0, 0])
    const content = await text(entry)
    found[name] = type === 'symlink' ? `-> ${linkname}` : `${mode.toString(8)} ${content}`.trim()
  }
  return found
}

test('files, directories, links and modes are sent, names of any length', async () => {
  const long = `${'d'.repeat(120)}/${'f'.repeat(200)}`
  write({ 'a/run.sh': 'x', [long]: 'deep', empty: '' })
  chmodSync(join(folder, 'a/run.sh'), 0o755)
  chmodSync(join(folder, 'a'), 0o750)
  symlinkSync('/etc/passwd', join(folder, 'link'))
  const found = await sent()
  expect(found).toMatchObject({ a: '750', 'a/run.sh': '755 x', link: '-> /etc/passwd', empty: '644' })
  expect(found[long]).toBe('644 deep')
})

test('what the patterns leave out is not sent; the Dockerfile and the patterns always are', async () => {
  write({
    Dockerfile: 'FROM a',
    '.dockerignore': '*\n!src\nsrc/secret\n!node_modules/kept/**/*.js\n',
    'src/a': '1',
    'src/secret': 'no',
    'node_modules/big/x.js': 'no',
    'node_modules/kept/x/y.js': '2',
    other: 'no',
  })
  expect(Object.keys(await sent('Dockerfile'))).toEqual([
    '.dockerignore',
    'Dockerfile',
    'node_modules',
    'node_modules/kept',
    'node_modules/kept/x',
    'node_modules/kept/x/y.js',
    'src',
    'src/a',
  ])
})

test('a Dockerfile in a directory that is left out is sent, and nothing beside it', async () => {
  write({ 'docker/web': 'FROM a', 'docker/other': 'no', '.dockerignore': 'docker\n' })
  expect(Object.keys(await sent('docker/web'))).toEqual(['.dockerignore', 'docker', 'docker/web'])
})

test('a Dockerfile can have patterns of its own', async () => {
  write({ Dockerfile: 'FROM a', 'Dockerfile.dockerignore': 'b\n', '.dockerignore': 'a\n', a: '1', b: '2' })
  expect(Object.keys(await sent('Dockerfile'))).toEqual([
    '.dockerignore',
    'Dockerfile',
    'Dockerfile.dockerignore',
    'a',
  ])
})

test('a file that is given takes the place of one in the folder', async () => {
  write({ '.dockerignore': 'x\n', y: '' })
  expect(await sent(undefined, [{ name: '.dockerignore', content: Buffer.from('z') }])).toEqual({
    '.dockerignore': '600 z',
    y: '644',
  })
})

test('sockets are passed over', async () => {
  const server = createServer().listen(join(folder, 'socket'))
  write({ a: '1' })
  expect(Object.keys(await sent())).toEqual(['a'])
  server.close()
})

test('a folder that is not there, and patterns that are none, are told', async () => {
  write({ '.dockerignore': 'a[\n' })
  await expect(readContextRules(folder, undefined)).rejects.toMatchObject({ code: 'BAD_DOCKERIGNORE' })
  const rules = await readContextRules(join(folder, 'none'), undefined)
  const archive = buildArchive([{ kind: 'folder', prefix: '', folder: join(folder, 'none'), rules }])
  await expect(text(archive)).rejects.toMatchObject({ code: 'BUILD_CONTEXT' })
})
