import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { isSystemError } from '@container-compose/core'
import { ExecaError, execa } from 'execa'
import { ApiError } from '../../api/errors.ts'
import { makeFolder } from '../../store/document.ts'
import { type CageOptions, caged, cageEnvironment } from './cage.ts'

/** Where buildah keeps base images and the layers of earlier builds. */
export interface BuildStore {
  /** A file of buildah's that says which images it trusts. */
  readonly policy: string
  /** Options of every buildah command. */
  readonly options: readonly string[]
  /** What programs that use the store must be able to write. */
  readonly folders: readonly string[]
  /** An image of the store as skopeo names it, by id. */
  nameOf(imageId: string): string
}

export interface StoreFolders {
  /** Survives a reboot. */
  readonly data: string
  /** Does not. */
  readonly run: string
}

/** Opens the store; the first time it finds out whether the file system below can be the upper one of an overlay. */
export const openStore = async ({ data, run }: StoreFolders): Promise<BuildStore> => {
  makeFolder(data)
  makeFolder(run)
  const driver = (await supportsOverlay(join(data, 'probe'))) ? 'overlay' : 'vfs'
  const graph = join(data, driver)
  const runRoot = join(run, driver)
  const settings = join(data, 'settings')
  const policy = join(settings, 'policy.json')
  const registries = join(settings, 'registries.conf')
  for (const folder of [graph, runRoot, settings]) makeFolder(folder)
  // The engine itself has pulled what comes from a registry: here images only go from one folder of ours to another.
  await writeFile(policy, '{"default":[{"type":"insecureAcceptAnything"}]}\n')
  await writeFile(registries, 'unqualified-search-registries = []\nshort-name-mode = "disabled"\n')
  return {
    policy,
    folders: [graph, runRoot, settings],
    options: [
      ...['--storage-driver', driver, '--root', graph, '--runroot', runRoot],
      ...['--registries-conf', registries],
    ],
    nameOf: (imageId) =>
      `containers-storage:[${driver}@${graph}+${runRoot}]@${imageId.replace('sha256:', '')}`,
  }
}

const supportsOverlay = async (folder: string): Promise<boolean> => {
  for (const name of ['lower', 'upper', 'work', 'merged'])
    await mkdir(join(folder, name), { recursive: true })
  const mount = `mount -t overlay -o lowerdir=lower,upperdir=upper,workdir=work overlay merged && : > merged/file && rm merged/file`
  const { failed } = await execa(
    'unshare',
    ['--mount', '--propagation=private', '--', 'bash', '-c', `cd "$0" && ${mount}`, folder],
    { reject: false },
  )
  return !failed
}

/**
 * Runs a program of the build in a cage and gives what it printed.
 *
 * @throws ApiError 500 with its last line when it fails, or the command that installs it
 */
export const runCaged = async (
  cage: CageOptions,
  command: readonly string[],
  signal?: AbortSignal,
): Promise<Buffer> => {
  const [program, ...args] = caged(cage, command)
  try {
    const { stdout } = await execa(program, args, {
      ...{ extendEnv: false, env: cageEnvironment, cwd: '/', stdin: 'ignore', encoding: 'buffer' },
      ...{ stripFinalNewline: false, maxBuffer: 64 * 1024 * 1024 },
      ...(signal !== undefined && { cancelSignal: signal, killSignal: 'SIGKILL' }),
    })
    return Buffer.from(stdout)
  } catch (error) {
    if (!(error instanceof ExecaError)) throw error
    if (error.isCanceled) throw new ApiError(499, 'context canceled', { cause: error })
    const said = Buffer.from((error.stderr as Uint8Array | undefined) ?? []).toString()
    throw missingProgram(error, said, command[0]) ?? new ApiError(500, reasonOf(said), { cause: error })
  }
}

/** skopeo's last words without their log line around them, or the last line. */
const reasonOf = (said: string): string =>
  /level=fatal msg="((?:[^"\\]|\\.)*)"/.exec(said)?.[1]?.replace(/\\(.)/g, '$1') ??
  (said.trim().split('\n').at(-1) || 'it failed without a word')

const missingProgram = (error: ExecaError, said: string, program = ''): ApiError | undefined =>
  isSystemError(error.cause, 'ENOENT') || (error.exitCode === 127 && said.includes(program))
    ? notInstalled(program, error)
    : undefined

export const notInstalled = (program: string, cause?: unknown): ApiError =>
  new ApiError(
    500,
    `${program} is not installed; it builds images: apt-get install --no-install-recommends ${program}`,
    { cause },
  )

/** Whether the store has the image. */
export const hasImage = async (store: BuildStore, cage: CageOptions, imageId: string): Promise<boolean> => {
  try {
    await runCaged(cage, ['skopeo', 'inspect', '--raw', store.nameOf(imageId)])
    return true
  } catch (error) {
    if (error instanceof ApiError && /image not known/.test(error.message)) return false
    throw error
  }
}
