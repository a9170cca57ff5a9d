import { readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { execa } from 'execa'
import { ApiError } from '../../api/errors.ts'
import { toolOptions } from '../../images/layers/unpack.ts'
import { type BuildStore, notInstalled } from './store.ts'

export interface PrunedLayers {
  /** Ids of images of buildah's store. */
  readonly removed: readonly string[]
  readonly freedBytes: number
}

/** Removes every image of buildah's store, and what steps keep in caches. No build may run. */
export const pruneStore = async (store: BuildStore): Promise<PrunedLayers> => {
  const before = await sizeOf(store)
  const stdout = await buildah(store, 'rmi', '--all', '--force')
  store.known.clear()
  for (const name of await readdir(store.caches))
    await rm(join(store.caches, name), { recursive: true, force: true })
  return {
    removed: stdout.split('\n').filter((line) => /^[0-9a-f]{64}$/.test(line)),
    freedBytes: Math.max(0, before - (await sizeOf(store))),
  }
}

/** Removes what builds worked on when they were killed. No build may run. */
export const removeContainers = async (store: BuildStore): Promise<void> => {
  await buildah(store, 'rm', '--all')
}

const buildah = async (store: BuildStore, ...args: string[]): Promise<string> => {
  const { failed, exitCode, stdout, stderr } = await execa(
    'unshare',
    ['--mount', '--propagation=private', '--', 'buildah', ...store.options, ...args],
    {
      ...{ extendEnv: false, cwd: '/', stdin: 'ignore', reject: false },
      env: { ...toolOptions.env, HOME: '/root', CONTAINERS_STORAGE_CONF: store.configuration },
    },
  )
  if (exitCode === 127) throw notInstalled('buildah')
  if (failed) throw new ApiError(500, stderr.trim().split('\n').at(-1) || 'buildah failed without a word')
  return stdout
}

const sizeOf = async ({ folders: [graph = '/'], caches }: BuildStore): Promise<number> => {
  const { stdout } = await execa(
    'du',
    ['--total', '--summarize', '--bytes', '--one-file-system', graph, caches],
    {
      ...toolOptions,
      reject: false,
    },
  )
  return Number(/^(\d+)\ttotal$/m.exec(stdout)?.[1] ?? 0)
}
