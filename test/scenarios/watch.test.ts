import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { eventually } from '../eventually.ts'
import { bundle, Host } from '../host.ts'

let host: Host
beforeAll(async () => {
  host = await Host.create()
  await host.load('busybox')
})
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

/** A `watch` under way: what it has said, and the way to end it. */
const startWatch = async (dir: string, ...args: string[]) => {
  const child = host.spawn(process.execPath, [bundle, 'watch', ...args], { cwd: dir, timeoutMs: 170_000 })
  let said = ''
  child.stdout?.on('data', (text: Buffer) => {
    said += String(text)
  })
  let errors = ''
  child.stderr?.on('data', (text: Buffer) => {
    errors += String(text)
  })
  await eventually(
    () => {
      if (child.exitCode !== null) throw new Error(`ended: ${said}\n${errors}`)
      return said.includes('Watch enabled')
    },
    'Watch enabled',
    60_000,
  )
  return {
    said: () => said,
    errors: () => errors,
    end: async () => {
      child.kill('SIGINT')
      return (await child).exitCode
    },
  }
}

const box = async (dir: string, script: string) =>
  (await host.compose(['exec', '-T', 'box', 'sh', '-c', script], { cwd: dir })).stdout

test('a saved, renamed, removed file is so in the container too', async () => {
  const dir = host.project('sync', {
    'compose.yaml': compose('- { path: src, target: /app, action: sync, ignore: [skip/] }'),
    'src/a': 'one\n',
    'src/old': 'old\n',
  })
  const watch = await startWatch(dir)
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
  expect(watch.said()).toMatch(
    /Syncing service "box" after 1 changes were detected\nservice\(s\) \["box"\] synced in \d\.\d{3} s\n/,
  )
  expect(await watch.end()).toBe(130)
  await host.ok(['down'], { cwd: dir })
})
