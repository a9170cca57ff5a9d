import { execFileSync, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, readdirSync, readlinkSync, rmSync } from 'node:fs'
import { type AddressInfo, createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { toolOptions } from '../../images/layers/unpack.ts'
import { fetchGitContext } from './git.ts'

let folder: string
let server: Server
let url: string

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'cc-git-'))
  mkdirSync(join(folder, 'served'))
  git('init', '--quiet', '--bare')
  server = createServer((socket) => {
    const daemon = spawn('git', ['daemon', '--inetd', '--export-all', `--base-path=${folder}`])
    socket.pipe(daemon.stdin)
    daemon.stdout.pipe(socket)
    socket.on('error', () => socket.destroy())
    daemon.stdin.on('error', () => socket.destroy())
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  url = `git://127.0.0.1:${(server.address() as AddressInfo).port}/served`
})
afterAll(() => {
  server.close()
  rmSync(folder, { recursive: true })
})

const git = (...args: string[]): string => gitReading('', ...args)
const gitReading = (input: string | Buffer, ...args: string[]): string =>
  execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@b', ...args], {
    cwd: join(folder, 'served'),
    input,
    encoding: 'utf8',
  }).trim()

/** Commits a tree of these lines of `git ls-tree` as a branch. */
const commit = (branch: string, ...lines: string[]): void => {
  const tree = gitReading(lines.map((line) => `${line}\n`).join(''), 'mktree')
  git('update-ref', `refs/heads/${branch}`, git('commit-tree', '-m', branch, tree))
}
const blob = (content: string | Buffer): string => gitReading(content, 'hash-object', '-w', '--stdin')

const fetched = async (branch: string): Promise<string[]> => {
  const work = mkdtempSync(join(folder, 'work-'))
  const { signal } = new AbortController()
  await fetchGitContext(join(work, 'context'), {
    ...{ url: `${url}#${branch}`, dockerfile: 'Dockerfile', work, signal },
  })
  return readdirSync(join(work, 'context')).sort()
}

/** Programs whose current directory is below the test's folder. */
const atWork = (): string[] =>
  readdirSync('/proc').filter((pid) => {
    try {
      return /^\d+$/.test(pid) && readlinkSync(`/proc/${pid}/cwd`).startsWith(folder)
    } catch {
      return false
    }
  })

test('the tree of a branch is there, less what its .dockerignore leaves out', async () => {
  const [ignore, file] = [blob('left\n'), blob('x')]
  commit(
    'main',
    `100644 blob ${ignore}\t.dockerignore`,
    `100644 blob ${file}\tkept`,
    `100644 blob ${file}\tleft`,
  )
  expect(await fetched('main')).toEqual(['.dockerignore', 'kept'])
})

test('a tree that nobody could check out is refused, and no program is left', async () => {
  const inner = gitReading(`100644 blob ${blob('x')}\tx\n`, 'mktree')
  // More than pipes hold comes after it.
  const large = blob(randomBytes(1024 * 1024))
  commit('hostile', `100644 blob ${large}\tx`, `040000 tree ${inner}\tx`, `100644 blob ${large}\tz`)
  await expect(fetched('hostile')).rejects.toMatchObject({ status: 400, message: /is there twice/ })
  await vi.waitFor(() => expect(atWork()).toEqual([]))
})

test('patterns that are none, or that would keep the engine busy, are refused or read in no time', async () => {
  const ignoring = (text: string) => {
    commit(
      'patterns',
      `100644 blob ${blob(text)}\t.dockerignore`,
      `100644 blob ${blob('x')}\t${'a'.repeat(200)}`,
    )
    return fetched('patterns')
  }
  await expect(ignoring('a[')).rejects.toMatchObject({ status: 400, message: /^.dockerignore: syntax error/ })
  await expect(ignoring('a\n'.repeat(200_000))).rejects.toMatchObject({ status: 400 })
  expect(await ignoring(`${'*a'.repeat(60)}x`)).toHaveLength(2)
})

test('without git, the command that installs it is told', async () => {
  const environment: { PATH: string } = toolOptions.env
  const { PATH } = environment
  environment.PATH = folder
  try {
    await expect(fetched('main')).rejects.toMatchObject({
      status: 400,
      message: 'git is not installed; it fetches build contexts from URLs: apt-get install git',
    })
  } finally {
    environment.PATH = PATH
  }
})
