import { ApiError, badParameter } from '../api/errors.ts'
import type { Image, Images, RegistryAuth } from '../images/images.ts'
import { hostPlatform, parsePlatform } from '../images/oci-manifest.ts'
import { familiar, parseReference, withDefaultTag } from '../images/reference.ts'
import { type BuildStore, hasImage, runSkopeo } from './buildah/store.ts'
import type { BuildEvent } from './builder.ts'
import type { Dockerfile } from './dockerfile/dockerfile.ts'
import { DockerfileError } from './dockerfile/instructions.ts'
import type { BuildRequest } from './request.ts'

/** How registries are asked for base images. */
export interface PullAccess {
  /** Credentials by registry. */
  readonly auth: (domain: string) => RegistryAuth | undefined
}

export interface BaseImageOptions {
  readonly request: BuildRequest
  readonly images: Images
  readonly store: BuildStore
  readonly access: PullAccess
  /** Names that stand for directories. */
  readonly contexts: Readonly<Record<string, string>>
  readonly emit: (event: BuildEvent) => Promise<void> | void
  readonly signal: AbortSignal
}

/**
 * The images that a Dockerfile begins with and takes files from, by the name it gives them: pulled by the engine where they are not
 * there or newer ones are wanted, and known to buildah.
 *
 * @throws DockerfileError
 */
export const baseImages = async (
  { references }: Dockerfile,
  options: BaseImageOptions,
): Promise<ReadonlyMap<string, string>> => {
  const found = new Map<string, string>()
  for (const { name, line, platform } of references) {
    if (found.has(name) || Object.hasOwn(options.contexts, name)) continue
    const reference = options.request.contextImages[name] ?? name
    try {
      const image = await findOrPull(reference, platform ?? options.request.platform, options)
      await importImage(image, options)
      found.set(name, image.id)
    } catch (error) {
      if (!(error instanceof ApiError)) throw error
      throw new DockerfileError(line, `${name}: ${error.message}`, { cause: error })
    }
  }
  return found
}

const findOrPull = async (
  reference: string,
  platform: string | undefined,
  { images, request, access, emit, signal }: BaseImageOptions,
): Promise<Image> => {
  const wanted = platform === undefined ? hostPlatform() : parsePlatform(platform)
  const there = await images.find(reference)
  const fits = there?.config.architecture === wanted.architecture
  const isBuilt = Object.values(request.contextImages).includes(reference)
  if (there !== undefined && (isBuilt || (fits && !request.pull))) return there
  if (isBuilt) throw badParameter(`no such image: ${reference}`)
  const name = withDefaultTag(parseReference(reference))
  await emit({ kind: 'pulling', reference: familiar(name) })
  const auth = access.auth(name.domain)
  return images.pull(reference, {
    ...(platform !== undefined && { platform }),
    ...(auth !== undefined && { auth }),
    progress: () => undefined,
    signal,
  })
}

/** Copies the image into buildah's store, unless it is there. */
const importImage = async (image: Image, { images, store, signal }: BaseImageOptions): Promise<void> => {
  if (await hasImage(store, image.id)) return
  const name = store.nameOf(image.id)
  await images.withLayout(image.id, ({ dir, blobs }) =>
    runSkopeo(store, ['copy', '--quiet', `--src-shared-blob-dir=${blobs}`, `oci:${dir}`, name], signal),
  )
  store.known.add(image.id)
}
