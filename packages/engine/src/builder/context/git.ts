import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { isSystemError } from '@container-compose/core'
import { ExecaError, execa } from 'execa'
import { ApiError, badParameter } from '../../api/errors.ts'
import { toolOptions } from '../../images/layers/unpack.ts'
import { type GitContext, parseGitUrl } from './git-url.ts'
import { contextPatterns } from './ignore-file.ts'
import { receiveContext } from './receive.ts'

export interface GitFetch {
  readonly url: string
  /** Sent whatever the patterns say. */
  readonly dockerfile: string
  /** A directory of this build alone. */
  readonly work: string
  readonly signal: AbortSignal
}

/**
 * Fetches one commit of a repository and unpacks its tree into the new directory `folder`, less what its .dockerignore leaves out.
 * Nothing of it is checked out: no hook, filter or submodule of a repository does anything here.
 *
 * @throws ApiError with Git's words, or the command that installs it
 */
export const fetchGitContext = async (
  folder: string,
  { url, dockerfile, work, signal }: GitFetch,
): Promise<void> => {
  const context = parseGitUrl(url)
  const dir = join(work, 'git')
  await mkdir(dir)
  const git = gitIn(dir, signal)
  await git('init', '--bare', '--quiet', '.')
  await fetch(git, context)
  const tree = `FETCH_HEAD${context.directory === '' ? '' : `:${context.directory}`}`
  const modules = (await git('ls-tree', '-r', tree)).match(/^160000 .*\t(.*)$/m)
  if (modules !== null)
    throw badParameter(
      `build context ${url}: the submodule ${modules[1]} is not fetched; clone it and build the folder`,
    )
  const ignoreFile = await git('show', `FETCH_HEAD:${join(context.directory, '.dockerignore')}`).catch(
    () => '',
  )
  const patterns = contextPatterns(ignoreFile)
  const archive = execa('git', ['archive', '--format=tar', tree], {
    ...options(dir),
    ...{ extendEnv: false, stdin: 'ignore', buffer: { stdout: false }, reject: false, cancelSignal: signal },
  })
  try {
    // What nobody reads yet when the program ends would be let go.
    await receiveContext(archive.stdout.pipe(new PassThrough()), folder, {
      leavesOut: (path) => patterns.ignores(path) && path !== dockerfile && path !== '.dockerignore',
    })
  } catch (error) {
    // It would wait for ever for somebody to read on.
    archive.kill('SIGKILL')
    throw error
  }
  const { failed, stderr } = await archive
  if (failed) throw fetchFailed(stderr)
}

type Git = (...args: string[]) => Promise<string>

const options = (cwd: string) => ({
  cwd,
  env: {
    ...toolOptions.env,
    HOME: process.env['HOME'] ?? '/root',
    ...(process.env['SSH_AUTH_SOCK'] !== undefined && { SSH_AUTH_SOCK: process.env['SSH_AUTH_SOCK'] }),
    // A question would wait for ever, and a redirection could lead to other protocols: files of this machine above all.
    GIT_TERMINAL_PROMPT: '0',
    GIT_SSH_COMMAND: 'ssh -o BatchMode=yes',
    GIT_ALLOW_PROTOCOL: 'http:https:git:ssh',
    GIT_CONFIG_NOSYSTEM: '1',
  },
})

const gitIn =
  (dir: string, signal: AbortSignal): Git =>
  async (...args) => {
    try {
      const { stdout } = await execa('git', args, {
        ...options(dir),
        ...{ extendEnv: false, stdin: 'ignore', cancelSignal: signal, maxBuffer: 64 * 1024 * 1024 },
      })
      return stdout
    } catch (error) {
      if (!(error instanceof ExecaError)) throw error
      if (error.isCanceled) throw new ApiError(499, 'context canceled', { cause: error })
      if (isSystemError(error.cause, 'ENOENT'))
        throw badParameter('git is not installed; it fetches build contexts from URLs: apt-get install git')
      throw fetchFailed(String(error.stderr))
    }
  }

/** A commit is not always given by its hash; then everything is fetched, and it is looked for. */
const fetch = async (git: Git, { repository, reference }: GitContext): Promise<void> => {
  const wanted = reference ?? 'HEAD'
  try {
    await git('fetch', '--quiet', '--depth=1', '--no-tags', '--', repository, wanted)
  } catch (error) {
    if (!/^[0-9a-f]{7,64}$/.test(wanted)) throw error
    await git('fetch', '--quiet', '--tags', '--', repository, '+refs/*:refs/*')
    await git('update-ref', 'FETCH_HEAD', `${wanted}^{commit}`)
  }
}

const fetchFailed = (said: string): ApiError =>
  badParameter(
    `failed to fetch the build context: ${said.trim().split('\n').at(-1) || 'git failed without a word'}`,
  )
