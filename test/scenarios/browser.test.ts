import { cpSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openBrowser } from '../browser.ts'
import { eventually } from '../eventually.ts'
import { bundle, Host, repository } from '../host.ts'

let host: Host
let browser: Browser
beforeAll(async () => {
  host = await Host.create()
  await host.load('app')
  browser = await openBrowser(host)
})
afterAll(async () => {
  await browser.close()
  await host.destroy()
})

/** As an editor does it. */
const edit = (file: string, from: string, to: string): void => {
  const before = readFileSync(file, 'utf8')
  expect(before).toContain(from)
  writeFileSync(file, before.replace(from, to))
}

test('a page in a browser follows the files of the fixture while they are edited', async () => {
  const dir = join(host.root, 'projects/watch')
  cpSync(join(repository, 'fixtures/watch'), dir, { recursive: true })
  const up = host.spawn(process.execPath, [bundle, 'up', '--build', '--watch'], {
    cwd: dir,
    timeoutMs: 170_000,
  })
  let said = ''
  for (const stream of [up.stdout, up.stderr])
    stream?.on('data', (text: Buffer) => {
      said += String(text)
    })
  try {
    await eventually(() => said.includes('Watch enabled'), 'Watch enabled', 100_000)
    const page = await browser.newPage()
    const shows = (selector: string, text: string) =>
      eventually(
        async () => (await page.textContent(selector, { timeout: 5000 })) === text,
        `${selector}: ${text}\n${said}`,
      )
    const colour = () => page.evaluate("getComputedStyle(document.querySelector('h1')).color")
    // The server has been started, and may not listen yet.
    await eventually(async () => (await page.goto('http://127.0.0.1:8089/'))?.ok() === true, 'the page')
    await shows('#state', 'live')
    await shows('h1', 'Change me.')

    edit(join(dir, 'page/index.html'), '<h1>Change me.</h1>', '<h1>Changed.</h1>')
    await shows('h1', 'Changed.')
    await shows('#state', 'live')

    // A mark that a reload would remove.
    await page.evaluate("document.body.id = 'same'")
    edit(join(dir, 'page/style.css'), '--accent: #d9480f', '--accent: #0b7285')
    await eventually(async () => (await colour()) === 'rgb(11, 114, 133)', 'the new colour')
    expect(await page.getAttribute('body', 'id')).toBe('same')

    const machine = host.machines()
    edit(join(dir, 'server.lua'), 'Save a file, see it run.', 'The same machine, a new server.')
    await shows('#motto', 'The same machine, a new server.')
    await shows('#state', 'live')
    expect(host.machines()).toEqual(machine)
    edit(join(dir, 'Dockerfile'), 'WORKDIR', 'ENV REBUILT=yes\nWORKDIR')
    await eventually(
      () => host.machines().length === 1 && host.machines()[0] !== machine[0],
      'a new machine',
      60_000,
    )
    await shows('#state', 'live')
    await shows('#motto', 'The same machine, a new server.')
    if (process.env['SCREENSHOT'] !== undefined) await page.screenshot({ path: process.env['SCREENSHOT'] })
    await page.close()
  } finally {
    up.kill('SIGINT')
    await up
  }
  expect((await up).exitCode).toBe(130)
  expect((await host.ok(['ps', '-q'], { cwd: dir })).stdout).toBe('')
  await host.ok(['down', '--rmi', 'local'], { cwd: dir })
})
