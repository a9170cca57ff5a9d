import { createHash, randomBytes } from 'node:crypto'
import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { conflict } from '../api/errors.ts'
import type { Log } from '../daemon/log.ts'
import type { Settings } from '../daemon/settings.ts'
import type { Image, Images } from '../images/images.ts'
import { baseImages, type PullAccess } from './base-images.ts'
import type { CageOptions } from './buildah/cage.ts'
import { removeCgroup } from './buildah/cgroup.ts'
import { type PrunedLayers, pruneStore, removeContainers } from './buildah/prune.ts'
import { runSteps, StepError, type StepEvent } from './buildah/steps.ts'
import { type BuildStore, openStore, runSkopeo } from './buildah/store.ts'
import { prepareContext } from './context/prepare.ts'
import { readDockerfile } from './dockerfile/dockerfile.ts'
import { openBuildNetwork, sweepBuildNetworks } from './network.ts'
import type { BuildRequest } from './request.ts'

export interface BuilderOptions {
  /** `data/build` and `run/build` of the engine's root. */
  readonly data: string
  readonly run: string
  readonly images: Images
  readonly settings: Pick<Settings, 'egress' | 'dns'>
  readonly hostGateway: () => string | undefined
  readonly log: Log
}

export interface BuildInput {
  readonly request: BuildRequest
  /** The archive of the context; several trees in it when `isBundle`. */
  readonly archive: AsyncIterable<Buffer>
  readonly isBundle: boolean
  readonly access: PullAccess
  /** What it gives back is waited for before more output is read. */
  readonly emit: (event: BuildEvent) => Promise<void> | void
  readonly signal: AbortSignal
}

export type BuildEvent =
  | StepEvent
  /** A base image is fetched. */
  | { readonly kind: 'pulling'; readonly reference: string }

/** Builds images from Dockerfiles. */
export interface Builder {
  build(input: BuildInput): Promise<Image>
  /**
   * Forgets the layers of earlier builds; images that were built stay.
   *
   * @throws ApiError 409 while a build runs
   * @returns the ids of what is gone, and how many bytes it took
   */
  prune(): Promise<PrunedLayers>
}

/** What builds that were killed have left is removed before the next one begins. */
export const openBuilder = (options: BuilderOptions): Builder => {
  const { data, run } = options
  let opening: Promise<BuildStore> | undefined
  let running = 0
  let isUntidy = false
  /** What the next build waits for. */
  let tidying: Promise<unknown> = Promise.resolve()
  const open = async (): Promise<BuildStore> => {
    await removeCgroup(cgroupOf(options))
    await sweepBuildNetworks(join(run, 'networks'))
    await rm(join(data, 'work'), { recursive: true, force: true })
    const store = await openStore({ data, run: join(run, 'store') })
    await removeContainers(store)
    return store
  }
  const opened = async (): Promise<BuildStore> => {
    opening ??= open().catch((error) => {
      opening = undefined
      throw error
    })
    const store = await opening
    await tidying
    return store
  }
  return {
    prune: async () => {
      const store = await opened()
      if (running > 0) throw conflict('a build is running: its layers are in use')
      const pruned = pruneStore(store)
      tidying = pruned.catch(() => undefined)
      return pruned
    },
    build: async (input) => {
      const store = await opened()
      const id = randomBytes(6).toString('hex')
      const work = join(data, 'work', id)
      running += 1
      try {
        await mkdir(work, { recursive: true, mode: 0o700 })
        return await build(options, store, { ...input, id, work })
      } finally {
        running -= 1
        await rm(work, { recursive: true, force: true })
        // buildah was killed, and could not put away what it worked on.
        isUntidy ||= input.signal.aborted
        if (isUntidy && running === 0) {
          isUntidy = false
          tidying = removeContainers(store).catch((error: unknown) =>
            options.log.warn({ err: error }, 'what a build worked on remains'),
          )
        }
      }
    },
  }
}

/** A name that no other engine's builds have. */
const cgroupOf = ({ data }: BuilderOptions): string =>
  `container-compose-build-${createHash('sha256').update(data).digest('hex').slice(0, 8)}`

interface Job extends BuildInput {
  readonly id: string
  /** A directory of this build alone. */
  readonly work: string
}

const build = async (options: BuilderOptions, store: BuildStore, job: Job): Promise<Image> => {
  const { request, work, id, signal, emit } = job
  const { images, settings, log } = options
  const context = await prepareContext(job, work)
  const dockerfile = readDockerfile(context.dockerfileText, request)
  const cage = await makeCage(store, work)
  const bases = await baseImages(dockerfile, { ...job, store, images, contexts: context.contexts })
  const folder = join(options.run, 'networks', id)
  const network =
    request.network === 'private' && dockerfile.wantsNetwork
      ? await openBuildNetwork({ folder, egress: settings.egress, upstream: settings.dns.upstream, log })
      : undefined
  const isHost = request.network === 'host' && dockerfile.wantsNetwork
  try {
    const imageId = await runSteps({
      ...{ request, dockerfile, context, bases, store, work, signal, emit },
      cage: {
        ...cage,
        network: isHost ? undefined : (network?.namespace ?? 'none'),
        ...(network?.nameserver !== undefined && { nameserver: network.nameserver }),
      },
      hostGateway: options.hostGateway(),
      cgroup: join(cgroupOf(options), id),
    })
    signal.throwIfAborted()
    return await takeImage(images, { store, imageId, tags: request.tags })
  } catch (error) {
    if (network?.isCutOff && error instanceof StepError)
      await emit({ kind: 'stderr', text: 'note: this machine has no network that a step could use\n' })
    throw error
  } finally {
    await network?.close()
  }
}

const makeCage = async (store: BuildStore, work: string): Promise<CageOptions> => {
  const root = join(work, 'cage')
  const temporary = join(work, 'tmp')
  await mkdir(root)
  await mkdir(temporary)
  return {
    root,
    temporary,
    caches: store.caches,
    writable: [...store.folders, temporary],
    readable: [],
    network: 'none',
  }
}

interface Built {
  readonly store: BuildStore
  readonly imageId: string
  readonly tags: readonly string[]
}

/** From buildah's store to the engine's: an image, or layers, that the engine has are not written again. */
const takeImage = async (images: Images, { store, imageId, tags }: Built): Promise<Image> => {
  const there = await images.find(imageId)
  if (there !== undefined) {
    for (const tag of tags) await images.tag(imageId, tag)
    return (await images.find(imageId)) ?? there
  }
  const image = await images.takeLayout(async ({ dir, blobs }) => {
    const name = store.nameOf(imageId)
    await runSkopeo(store, [
      ...['copy', '--quiet', '--dest-oci-accept-uncompressed-layers'],
      ...[`--dest-shared-blob-dir=${blobs}`, name, `oci:${dir}`],
    ])
    return runSkopeo(store, ['inspect', '--config', '--raw', name])
  }, tags)
  store.known.add(image.id)
  return image
}
