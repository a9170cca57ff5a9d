import type { ImageDocument, ImageIndex } from './image-index.ts'
import { canonical, parseReference, repositoryOf, withDefaultTag } from './reference.ts'

/**
 * The image that a client means: by id or digest of it, by name (`:latest` when there is no tag), by name and digest, or by
 * the beginning of an id when no other begins so. A name goes before the beginning of an id, as in Docker.
 *
 * @throws ApiError 400 for what is neither
 */
export const findDocument = (index: Pick<ImageIndex, 'all'>, text: string): ImageDocument | undefined => {
  const images = index.all().filter(({ removed }) => removed !== true)
  const whole = /^(?:sha256:)?([0-9a-f]{64})$/.exec(text)?.[1]
  if (whole !== undefined) return images.find(({ id }) => id === `sha256:${whole}`)
  const beginning = /^sha256:([0-9a-f]+)$/.exec(text)?.[1]
  if (beginning === undefined) {
    const { tag, ...reference } = withDefaultTag(parseReference(text))
    const found =
      reference.digest === undefined
        ? images.find(({ tags }) =>
            tags.includes(canonical({ ...reference, ...(tag !== undefined && { tag }) })),
          )
        : images.find(({ digests }) => digests.includes(canonical(reference)))
    if (found !== undefined) return found
  }
  const prefix = beginning ?? text
  if (!/^[0-9a-f]+$/.test(prefix)) return undefined
  const fits = images.filter(({ id }) => id.startsWith(`sha256:${prefix}`))
  return fits.length === 1 ? fits[0] : undefined
}

/** True when the client named the image by its id or the beginning of it, not by a name (which may look like one). */
export const isIdOf = (document: ImageDocument, text: string): boolean => {
  const digits = text.replace(/^sha256:/, '')
  if (!/^[0-9a-f]+$/.test(digits) || !document.id.startsWith(`sha256:${digits}`)) return false
  return (
    digits.length === 64 || text !== digits || !document.tags.includes(`docker.io/library/${text}:latest`)
  )
}

/** Whether all references are of one repository. */
export const isOneRepository = ({ tags, digests }: Pick<ImageDocument, 'tags' | 'digests'>): boolean =>
  new Set([...tags, ...digests].map((name) => repositoryOf(parseReference(name)))).size <= 1
