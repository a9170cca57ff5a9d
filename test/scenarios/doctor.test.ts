import { chmodSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { execa } from 'execa'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { bundle, cache } from '../host.ts'

const repository = fileURLToPath(new URL('../..', import.meta.url))
let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'cc-'))
  chmodSync(folder, 0o755)
})
afterEach(() => rmSync(folder, { recursive: true }))

const run = (command: readonly string[], env: Readonly<Record<string, string>> = {}) => {
  const [program = '', ...args] = command
  return execa(program, args, {
    cwd: repository,
    env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', CONTAINER_COMPOSE_CACHE: cache, ...env },
    extendEnv: false,
    reject: false,
  })
}
const doctor = [process.execPath, bundle, 'doctor']
/** Somebody who is not root and has no home. */
const asNobody = ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups']

test('doctor finds what this machine has, and says so with 0', async () => {
  const { stdout, exitCode } = await run(doctor)
  expect(stdout).toContain(' ✔ root')
  expect(stdout).toMatch(/ ✔ qemu-img +\/usr\/bin\/qemu-img\n/)
  expect(stdout).toMatch(/\nNothing is missing\.$/)
  expect(exitCode).toBe(0)
})

test('doctor names programs that PATH lacks, and the command that installs them', async () => {
  const { stdout, exitCode } = await run(doctor, { PATH: folder })
  expect(stdout).toMatch(
    / ✘ skopeo +not found; pulls images\n +apt-get install -y --no-install-recommends skopeo\n/,
  )
  expect(stdout).toMatch(
    / ! cc +not found; .*\n +apt-get install -y --no-install-recommends build-essential\n/,
  )
  expect(stdout).toMatch(/\n {2}apt-get install -y --no-install-recommends .*qemu-system-x86 .*passt$/)
  expect(exitCode).toBe(1)
  const asJson = await run([...doctor, '--format', 'json'], { PATH: folder })
  expect(JSON.parse(asJson.stdout)).toContainEqual(
    expect.objectContaining({ what: 'skopeo', state: 'missing', debianPackage: 'skopeo' }),
  )
})

test('doctor tells who is not root why root is needed', async () => {
  // The bundle is copied to where everybody may read it.
  await run(['cp', '-r', join(bundle, '..'), join(folder, 'dist')])
  await run(['chmod', '-R', 'a+rX', folder])
  await run(['cp', process.execPath, join(folder, 'node')])
  const { stdout, exitCode } = await run(
    [...asNobody, join(folder, 'node'), join(folder, 'dist/container-compose.mjs'), 'doctor'],
    { CONTAINER_COMPOSE_ROOT: join(folder, 'root'), CONTAINER_COMPOSE_CACHE: join(folder, 'cache') },
  )
  expect(stdout).toMatch(
    / ✘ root +the engine makes network namespaces and taps, which only root may\n +sudo /,
  )
  expect(exitCode).toBe(1)
})

test('the set-up names missing packages, and the command for root', async () => {
  await run(['cp', join(repository, 'scripts/setup.sh'), join(repository, 'package.json'), folder])
  writeFileSync(join(folder, 'dpkg-query'), '#!/bin/sh\necho not-installed\n', { mode: 0o755 })
  await run(['cp', process.execPath, join(folder, 'node')])
  const { stderr, exitCode } = await run([...asNobody, 'bash', join(folder, 'setup.sh')], {
    PATH: `${folder}:/usr/bin:/bin`,
  })
  expect(stderr).toMatch(
    /^setup: these Debian packages are missing, and only root can install them:\n {2}sudo apt-get install --no-install-recommends build-essential .*qemu-system-x86/,
  )
  expect(exitCode).toBe(1)
})

test('the set-up names a Node.js that is missing', async () => {
  for (const program of ['bash', 'dirname']) symlinkSync(`/usr/bin/${program}`, join(folder, program))
  const { stderr, exitCode } = await run(['/bin/bash', join(repository, 'scripts/setup.sh')], {
    PATH: folder,
  })
  expect(stderr).toBe(
    'setup: Node.js is missing; 20.19 or later is needed:\n  https://nodejs.org/en/download',
  )
  expect(exitCode).toBe(1)
})
