import { badParameter } from '../api/errors.ts'
import { booleanFilter, type Filters, fitsLabels, fitsOne } from '../api/filters.ts'
import { noSuchImage } from './context.ts'
import { createdSeconds } from './describe.ts'
import type { Image } from './images.ts'
import { familiarName, parseReference } from './reference.ts'

export const imageFilterNames = [
  'before',
  'dangling',
  'label',
  'label!',
  'reference',
  'since',
  'until',
] as const

/** The images that the filters of a list ask for, newest first; with `reference` only the tags that fit it are shown. */
export const selectImages = (images: readonly Image[], filters: Filters, now: number): Image[] => {
  const dangling = booleanFilter(filters, 'dangling')
  const [before] = named(images, filters, 'before')
  const [since] = named(images, filters, 'since')
  const until = filters.get('until')?.[0]
  const latest = until === undefined ? undefined : untilSeconds(until, now)
  return images
    .filter(
      (image) =>
        fitsLabels(filters, image.config.config?.Labels ?? {}) &&
        (dangling === undefined || dangling === (image.repoTags.length === 0)) &&
        (before === undefined || createdSeconds(image) < createdSeconds(before)) &&
        (since === undefined || createdSeconds(image) > createdSeconds(since)) &&
        (latest === undefined || createdSeconds(image) < latest),
    )
    .map((image) => withFittingNames(image, filters))
    .filter((image) => image !== undefined)
    .sort((a, b) => createdSeconds(b) - createdSeconds(a))
}

const withFittingNames = (image: Image, filters: Filters): Image | undefined => {
  if ((filters.get('reference') ?? []).length === 0) return image
  const fit = (name: string) => fitsOne(filters, 'reference', (pattern) => fitsReference(pattern, name))
  const [repoTags, repoDigests] = [image.repoTags.filter(fit), image.repoDigests.filter(fit)]
  return repoTags.length + repoDigests.length === 0 ? undefined : { ...image, repoTags, repoDigests }
}

/** Like Go's `path.Match` on the familiar form, with or without the tag: `*` and `?` stop at slashes. */
export const fitsReference = (pattern: string, name: string): boolean => {
  const source = pattern
    .slice(0, 500)
    .replace(/[.+^${}()|\\]/g, '\\$&')
    .replace(/\*+/g, '[^/]*')
    .replace(/\?/g, '[^/]')
  let expression: RegExp
  try {
    expression = new RegExp(`^${source}$`)
  } catch {
    throw badParameter(`invalid reference filter "${pattern}"`)
  }
  return expression.test(name) || expression.test(familiarName(parseReference(name)))
}

const named = (images: readonly Image[], filters: Filters, filter: string): Image[] =>
  (filters.get(filter) ?? []).map((name) => {
    const id = name.replace('sha256:', '')
    const found = images.find(
      (image) =>
        image.repoTags.includes(name) ||
        image.repoTags.includes(`${name}:latest`) ||
        (/^[0-9a-f]+$/.test(id) && image.id.startsWith(`sha256:${id}`)),
    )
    if (found === undefined) throw noSuchImage(name)
    return found
  })

/** A time stamp (RFC 3339 or seconds since the epoch) or an age such as `24h` or `1h30m`. */
const untilSeconds = (text: string, now: number): number => {
  if (/^\d+(\.\d+)?$/.test(text)) return Number(text)
  if (/^(\d+(\.\d+)?[hms])+$/.test(text)) {
    const unit: Readonly<Record<string, number>> = { h: 3600, m: 60, s: 1 }
    const parts = [...text.matchAll(/([\d.]+)([hms])/g)]
    return (
      now / 1000 - parts.reduce((sum, [, value, name = 's']) => sum + Number(value) * (unit[name] ?? 1), 0)
    )
  }
  const time = Date.parse(text)
  if (Number.isNaN(time)) throw badParameter(`invalid filter 'until=${text}'`)
  return time / 1000
}
