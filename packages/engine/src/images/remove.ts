import { conflict } from '../api/errors.ts'
import { collectGarbage } from './cache/leases.ts'
import { type ImageContext, imageOf, noSuchImage } from './context.ts'
import { findDocument, isIdOf, isOneRepository } from './find.ts'
import type { ImageDocument } from './image-index.ts'
import type { ImageRemoval, Images, ImageUsers } from './images.ts'
import { familiar, parseReference, repositoryOf, withDefaultTag } from './reference.ts'

type RemoveOptions = Parameters<Images['remove']>[1]
type PruneOptions = Parameters<Images['prune']>[0]

const short = (id: string): string => id.replace('sha256:', '').slice(0, 12)

/**
 * Docker's rules (moby, daemon/images/image_delete.go): a name is untagged, and the image goes with its last name; an id goes with
 * all its names, if they are of one repository or `force` is set; containers are in the way unless `force` is set and none runs.
 */
export const removeImage = async (
  context: ImageContext,
  text: string,
  { force, users }: RemoveOptions,
): Promise<ImageRemoval[]> => {
  const { index } = context
  const document = findDocument(index, text)
  if (document === undefined) throw noSuchImage(text)
  const byId = isIdOf(document, text)
  const names = [...document.tags, ...document.digests]
  if (!byId) {
    const reference = withDefaultTag(parseReference(text))
    const going = goingWith(document, familiar(reference))
    const using = users(document.id)[0]
    if (going.length < names.length) return untag(context, document, going)
    if (!force && using !== undefined)
      throw conflict(
        `conflict: unable to remove repository reference "${text}" (must force) - container ${short(using.id)} is using its referenced image ${short(document.id)}`,
      )
  } else if (!force && !isOneRepository(document))
    throw conflict(
      `conflict: unable to delete ${short(document.id)} (must be forced) - image is referenced in multiple repositories`,
    )
  refuseUsed(document, users, force)
  const removals = [...untag(context, document, names), ...forget(context, document, users)]
  await collectSoon(context)
  return removals
}

/** Removes what `matches` and no container uses, then frees the cache of what no engine needs; a busy cache is freed another time. */
export const pruneImages = async (
  context: ImageContext,
  { all, matches, users }: PruneOptions,
): ReturnType<Images['prune']> => {
  const removed: ImageRemoval[] = []
  for (const document of context.index.all()) {
    if (users(document.id).length > 0) continue
    if (document.removed !== true && !((all || document.tags.length === 0) && matches(imageOf(document))))
      continue
    removed.push(...untag(context, document, [...document.tags, ...document.digests]))
    removed.push(...forget(context, document, users))
  }
  return { removed, freedBytes: await collectSoon(context) }
}

/** The names that go when this one does: a digest has no life of its own without a tag of its repository. */
const goingWith = (document: ImageDocument, name: string): string[] => {
  const given = [...document.tags, ...document.digests].filter(
    (other) => familiar(parseReference(other)) === name,
  )
  const repository = repositoryOf(parseReference(name))
  const inRepository = (other: string) => repositoryOf(parseReference(other)) === repository
  const hasOtherTag = document.tags.some((tag) => inRepository(tag) && !given.includes(tag))
  return hasOtherTag
    ? given
    : [...given, ...document.digests.filter((other) => inRepository(other) && !given.includes(other))]
}

const refuseUsed = (document: ImageDocument, users: ImageUsers, force: boolean): void => {
  const using = users(document.id)
  const running = using.find((container) => container.running)
  if (running !== undefined)
    throw conflict(
      `conflict: unable to delete ${short(document.id)} (cannot be forced) - image is being used by running container ${short(running.id)}`,
    )
  if (using[0] !== undefined && !force)
    throw conflict(
      `conflict: unable to delete ${short(document.id)} (must be forced) - image is being used by stopped container ${short(using[0].id)}`,
    )
}

const untag = (
  { index, emit }: ImageContext,
  document: ImageDocument,
  names: readonly string[],
): ImageRemoval[] => {
  const left = (list: readonly string[]) => list.filter((name) => !names.includes(name))
  if (names.length > 0) index.put({ ...document, tags: left(document.tags), digests: left(document.digests) })
  return names.map((name) => {
    emit({ action: 'untag', id: document.id, name: document.id })
    return { Untagged: familiar(parseReference(name)) }
  })
}

const forget = (
  { index, emit }: ImageContext,
  document: ImageDocument,
  users: ImageUsers,
): ImageRemoval[] => {
  if (users(document.id).length > 0) index.put({ ...document, tags: [], digests: [], removed: true })
  else index.delete(document.id)
  if (document.removed === true) return []
  emit({ action: 'delete', id: document.id, name: document.id })
  return [{ Deleted: document.id }]
}

/** Frees the cache unless an engine is fetching or making something: then the next removal or prune does it. */
const collectSoon = async ({ cache }: ImageContext): Promise<number> =>
  (await cache.aloneIfFree(() => collectGarbage(cache)))?.freedBytes ?? 0
