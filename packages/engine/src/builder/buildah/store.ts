import { mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { ExecaError, execa } from 'execa'
import { ApiError } from '../../api/errors.ts'
import { toolOptions } from '../../images/layers/unpack.ts'
import { makeFolder } from '../../store/document.ts'

/** Where buildah keeps base images and the layers of earlier builds. */
export interface BuildStore {
  /** A file of buildah's that says which images it trusts. */
  readonly policy: string
  /** The file of storage settings that its tools read in place of the machine's. */
  readonly configuration: string
  /** What `RUN --mount=type=cache` keeps. */
  readonly caches: string
  /** Ids of images that are in it for certain. */
  readonly known: Set<string>
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
  const configuration = join(settings, 'storage.conf')
  const caches = join(data, 'caches')
  for (const folder of [caches, graph, runRoot, settings]) makeFolder(folder)
  // The engine itself has pulled what comes from a registry: here images only go from one folder of ours to another.
  await writeFile(policy, '{"default":[{"type":"insecureAcceptAnything"}]}\n')
  await writeFile(
    configuration,
    `[storage]\ndriver = "${driver}"\ngraphroot = "${graph}"\nrunroot = "${runRoot}"\n`,
  )
  await writeFile(registries, 'unqualified-search-registries = []\nshort-name-mode = "disabled"\n')
  return {
    ...{ policy, configuration, caches, known: new Set() },
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
  await rm(folder, { recursive: true, force: true })
  return !failed
}

/**
 * Runs skopeo on the store and gives what it printed. What it mounts is gone with it; nothing of the machine's configuration
 * counts.
 *
 * @throws ApiError 500 with its last words, or the command that installs it
 */
export const runSkopeo = async (
  store: BuildStore,
  args: readonly string[],
  signal?: AbortSignal,
): Promise<Buffer> => {
  try {
    const { stdout } = await execa(
      'unshare',
      ['--mount', '--propagation=private', '--', 'skopeo', '--insecure-policy', ...args],
      {
        ...{ extendEnv: false, cwd: '/', stdin: 'ignore', encoding: 'buffer', stripFinalNewline: false },
        env: { ...toolOptions.env, HOME: '/root', CONTAINERS_STORAGE_CONF: store.configuration },
        maxBuffer: 64 * 1024 * 1024,
        ...(signal !== undefined && { cancelSignal: signal }),
      },
    )
    return Buffer.from(stdout)
  } catch (error) {
    if (!(error instanceof ExecaError)) throw error
    if (error.isCanceled) throw new ApiError(499, 'context canceled', { cause: error })
    const said = Buffer.from((error.stderr as Uint8Array | undefined) ?? []).toString()
    if (error.exitCode === 127) throw notInstalled('skopeo', error)
    throw new ApiError(500, reasonOf(said), { cause: error })
  }
}

/** skopeo's last words without their log line around them, or the last line. */
const reasonOf = (said: string): string =>
  /level=fatal msg="((?:[^"\\]|\\.)*)"/.exec(said)?.[1]?.replace(/\\(.)/g, '$1') ??
  (said.trim().split('\n').at(-1) || 'it failed without a word')

export const notInstalled = (program: string, cause?: unknown): ApiError =>
  new ApiError(
    500,
    `${program} is not installed; it builds images: apt-get install --no-install-recommends ${program}`,
    { cause },
  )

/** Whether the store has the image. */
export const hasImage = async (store: BuildStore, imageId: string): Promise<boolean> => {
  if (store.known.has(imageId)) return true
  try {
    await runSkopeo(store, ['inspect', '--raw', store.nameOf(imageId)])
    store.known.add(imageId)
    return true
  } catch (error) {
    if (error instanceof ApiError && /image not known/.test(error.message)) return false
    throw error
  }
}
