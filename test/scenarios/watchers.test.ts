import { cpSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { openBrowser } from '../browser.ts'
import { eventually } from '../eventually.ts'
import { bundle, Host, repository } from '../host.ts'

let host: Host
let dir: string
let browser: Browser
let page: Page

/** A program in the machine and what it has printed. */
interface Program {
  readonly said: () => string
  readonly end: () => void
}

/** Emulated processors start these programs slowly: patience, not deadlines. */
const patienceMs = 100_000

const start = async (awaited: string, ...command: string[]): Promise<Program> => {
  const child = host.spawn(process.execPath, [bundle, 'exec', '-T', '-w', '/app', 'box', ...command], {
    cwd: dir,
    timeoutMs: 600_000,
  })
  let text = ''
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (data: Buffer) => {
      text += String(data)
    })
  await eventually(() => text.includes(awaited), `${command.join(' ')}: ${awaited}`, patienceMs).catch(
    (error) => {
      throw new Error(text, { cause: error })
    },
  )
  return { said: () => text, end: () => child.kill('SIGKILL') }
}

let programs: Record<'node' | 'chokidar' | 'inotifywait' | 'watchdog' | 'vite', Program>

beforeAll(async () => {
  host = await Host.create()
  await host.load('watchers')
  dir = join(host.root, 'projects/watchers')
  cpSync(join(repository, 'fixtures/watchers'), dir, { recursive: true })
  await host.ok(['up', '-d'], { cwd: dir })
  const [inotifywait, watchdog, node, chokidar, vite] = await Promise.all([
    start('Watches established', 'inotifywait', '-m', '-r', '--format', '%e %w%f', '.'),
    start('ready', 'python3.11', '/programs/print_changes.py'),
    start('first', 'node', '--watch', 'server.mjs'),
    start('ready', 'node', '/programs/print-changes.mjs'),
    start('ready', 'node', '/programs/serve-page.mjs'),
  ])
  programs = { inotifywait, watchdog, node, chokidar, vite }
  browser = await openBrowser(host)
  page = await browser.newPage()
  await page.goto('http://127.0.0.1:5173/', { timeout: patienceMs })
  await shows('first')
}, 300_000)

afterAll(async () => {
  await browser?.close()
  for (const program of Object.values(programs ?? {})) program.end()
  await host.destroy()
})

/** What vite's page shows, without a reload by hand. */
const shows = (...parts: string[]) =>
  eventually(
    async () => (await page.textContent('pre', { timeout: 5000 })) === parts.join('\n'),
    `the page shows ${parts.join(', ')}`,
    patienceMs,
  )

type Expected = Partial<Record<keyof typeof programs, readonly string[]>>

/** Makes a change on the host and waits until each program has said these lines. */
const tells = async (change: () => void, expected: Expected): Promise<void> => {
  const before = Object.fromEntries(Object.entries(programs).map(([name, { said }]) => [name, said().length]))
  change()
  for (const [name, lines] of Object.entries(expected)) {
    const since = () => programs[name as keyof typeof programs].said().slice(before[name]).split('\n')
    await eventually(
      () => lines.every((line) => since().includes(line)),
      `${name}: ${lines}`,
      patienceMs,
    ).catch((error) => {
      throw new Error(`${name} said\n${since().join('\n')}`, { cause: error })
    })
  }
}

const part = (name: string) => join(dir, 'app/parts', name)
const write = (name: string, text: string) => writeFileSync(part(name), `export const text = '${text}'\n`)

// Also where a test has failed.
afterEach(() => {
  for (const name of ['second.js', 'third.js', 'deep']) rmSync(part(name), { recursive: true, force: true })
})

test('a file that is written', async () => {
  await tells(() => write('first.js', 'written'), {
    node: ['written'],
    chokidar: ['change parts/first.js'],
    inotifywait: ['MODIFY ./parts/first.js'],
    watchdog: ['modified ./parts/first.js '],
  })
  await shows('written')
})

test('a file that is made, renamed and removed', async () => {
  await tells(() => write('second.js', 'second'), {
    chokidar: ['add parts/second.js'],
    inotifywait: ['CREATE ./parts/second.js'],
    watchdog: ['created ./parts/second.js '],
  })
  await shows('written', 'second')
  await tells(() => renameSync(part('second.js'), part('third.js')), {
    chokidar: ['unlink parts/second.js', 'add parts/third.js'],
    inotifywait: ['MOVED_FROM ./parts/second.js', 'MOVED_TO ./parts/third.js'],
    watchdog: ['moved ./parts/second.js ./parts/third.js'],
  })
  await shows('written', 'second')
  await tells(() => rmSync(part('third.js')), {
    chokidar: ['unlink parts/third.js'],
    inotifywait: ['DELETE ./parts/third.js'],
    watchdog: ['deleted ./parts/third.js '],
  })
  await shows('written')
})

test('a file that is replaced by a rename, as editors save', async () => {
  await tells(
    () => {
      write('.first.js', 'replaced')
      renameSync(part('.first.js'), part('first.js'))
    },
    {
      node: ['replaced'],
      chokidar: ['change parts/first.js'],
      inotifywait: ['MOVED_TO ./parts/first.js'],
      watchdog: ['moved ./parts/.first.js ./parts/first.js'],
    },
  )
  await shows('replaced')
})

test('a directory that is made with a file in it, a change there, and its removal', async () => {
  await tells(
    () => {
      mkdirSync(part('deep'))
      write('deep/fourth.js', 'fourth')
    },
    {
      chokidar: ['addDir parts/deep', 'add parts/deep/fourth.js'],
      inotifywait: ['CREATE,ISDIR ./parts/deep'],
      watchdog: ['created ./parts/deep ', 'created ./parts/deep/fourth.js '],
    },
  )
  await shows('fourth', 'replaced')
  await tells(() => write('deep/fourth.js', 'deeper'), {
    chokidar: ['change parts/deep/fourth.js'],
    inotifywait: ['MODIFY ./parts/deep/fourth.js'],
    watchdog: ['modified ./parts/deep/fourth.js '],
  })
  await shows('deeper', 'replaced')
  await tells(() => rmSync(part('deep'), { recursive: true }), {
    chokidar: ['unlink parts/deep/fourth.js', 'unlinkDir parts/deep'],
    inotifywait: ['DELETE ./parts/deep/fourth.js', 'DELETE,ISDIR ./parts/deep'],
    watchdog: ['deleted ./parts/deep/fourth.js ', 'deleted ./parts/deep '],
  })
  await shows('replaced')
})

test('nothing else is told: what the programs read, write elsewhere and are told of raises no event', () => {
  const paths = programs.chokidar
    .said()
    .split('\n')
    .flatMap((line) => /^\w+ (?<path>.*)/.exec(line)?.groups?.['path'] ?? [])
  const parts = ['first.js', '.first.js', 'second.js', 'third.js', 'deep', 'deep/fourth.js'].map(
    (name) => `parts/${name}`,
  )
  expect(paths.filter((path) => !parts.includes(path))).toEqual([])
})
