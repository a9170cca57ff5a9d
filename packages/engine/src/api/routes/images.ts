import { pipeline } from 'node:stream/promises'
import { type Clock, systemClock } from '@container-compose/core'
import { noSuchImage } from '../../images/context.ts'
import { imageHistory, imageInspect, imageSummary } from '../../images/describe.ts'
import type { Image, Images, ImageUsers } from '../../images/images.ts'
import { imageFilterNames, selectImages } from '../../images/select.ts'
import { queryFlag, sendJson, sendStatus } from '../answer.ts'
import { badParameter, notImplemented } from '../errors.ts'
import { booleanFilter, parseFilters } from '../filters.ts'
import { jsonStream } from '../json-stream.ts'
import { registryAuth } from '../registry-auth.ts'
import type { Call, Route } from '../router.ts'

export interface ImageRouteOptions {
  readonly images: Images
  readonly usersOf: ImageUsers
  readonly clock?: Clock
}

/** `/images` of the Docker Engine API. */
export const imageRoutes = ({ images, usersOf, clock = systemClock }: ImageRouteOptions): Route[] => {
  const named = async (call: Call): Promise<Image> => {
    const name = call.params['name'] ?? ''
    const image = await images.find(name)
    if (image === undefined) throw noSuchImage(name)
    return image
  }

  return [
    {
      method: 'GET',
      path: '/images/json',
      handler: async (call) => {
        const filters = parseFilters(call.query.get('filters'), imageFilterNames)
        const found = selectImages(await images.list(), filters, clock.now())
        sendJson(call, 200, found.map(imageSummary))
      },
    },
    { method: 'POST', path: '/images/create', handler: (call) => pull(call, images) },
    { method: 'POST', path: '/images/load', handler: (call) => load(call, images) },
    {
      method: 'POST',
      path: '/images/prune',
      handler: async (call) => {
        const filters = parseFilters(call.query.get('filters'), ['dangling', 'label', 'label!', 'until'])
        const chosen = new Map([...filters].filter(([name]) => name !== 'dangling'))
        const wanted = selectImages(await images.list(), chosen, clock.now())
        const { removed, freedBytes } = await images.prune({
          all: booleanFilter(filters, 'dangling') === false,
          matches: ({ id }) => wanted.some((image) => image.id === id),
          users: usersOf,
        })
        sendJson(call, 200, {
          ImagesDeleted: removed.length === 0 ? null : removed,
          SpaceReclaimed: freedBytes,
        })
      },
    },
    { method: 'GET', path: '/images/get', handler: (call) => save(call, images, call.query.getAll('names')) },
    {
      method: 'GET',
      path: '/images/:name*/get',
      handler: (call) => save(call, images, [call.params['name'] ?? '']),
    },
    {
      method: 'GET',
      path: '/images/:name*/json',
      handler: async (call) => sendJson(call, 200, imageInspect(await named(call))),
    },
    {
      method: 'GET',
      path: '/images/:name*/history',
      handler: async (call) => sendJson(call, 200, imageHistory(await named(call))),
    },
    {
      method: 'POST',
      path: '/images/:name*/tag',
      handler: async (call) => {
        const repository = call.query.get('repo') ?? ''
        const tag = call.query.get('tag') ?? ''
        await images.tag(call.params['name'] ?? '', tag === '' ? repository : `${repository}:${tag}`)
        sendStatus(call, 201)
      },
    },
    {
      method: 'DELETE',
      path: '/images/:name*',
      handler: async (call) => {
        const force = queryFlag(call.query, 'force')
        sendJson(call, 200, await images.remove(call.params['name'] ?? '', { force, users: usersOf }))
      },
    },
  ]
}

const pull = async (call: Call, images: Images): Promise<void> => {
  const { query, request } = call
  if (query.has('fromSrc')) throw notImplemented('importing a file system as an image is not supported')
  const name = query.get('fromImage') ?? ''
  const tag = query.get('tag') ?? ''
  if (name === '') throw badParameter('invalid reference format')
  const reference = tag === '' ? name : `${name}${tag.includes(':') ? '@' : ':'}${tag}`
  const auth = registryAuth(request.headers['x-registry-auth'])
  const stream = jsonStream(call)
  await stream.during((signal) =>
    images.pull(reference, {
      platform: query.get('platform') ?? '',
      ...(auth !== undefined && { auth }),
      progress: stream.write,
      signal,
    }),
  )
}

const save = async ({ response }: Call, images: Images, names: readonly string[]): Promise<void> => {
  const archive = await images.save(names)
  response.writeHead(200, { 'Content-Type': 'application/x-tar' })
  await pipeline(archive, response)
}

const load = async (call: Call, images: Images): Promise<void> => {
  const stream = jsonStream(call)
  await stream.during(async () => {
    for (const { image, names } of await images.load(call.request)) {
      for (const name of names) stream.write({ stream: `Loaded image: ${name}\n` })
      if (names.length === 0) stream.write({ stream: `Loaded image ID: ${image.id}\n` })
    }
  })
}
