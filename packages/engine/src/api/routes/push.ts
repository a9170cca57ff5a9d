import type { Images } from '../../images/images.ts'
import { jsonStream } from '../json-stream.ts'
import { registryAuth } from '../registry-auth.ts'
import type { Route } from '../router.ts'

/** `POST /images/{name}/push` */
export const pushRoutes = (images: Images): Route[] => [
  {
    method: 'POST',
    path: '/images/:name*/push',
    handler: async (call) => {
      const name = call.params['name'] ?? ''
      const tag = call.query.get('tag') ?? ''
      const auth = registryAuth(call.request.headers['x-registry-auth'])
      const stream = jsonStream(call)
      await stream.during(async (signal) => {
        const { digest, size, ...pushed } = await images.push(tag === '' ? name : `${name}:${tag}`, {
          ...(auth !== undefined && { auth }),
          progress: stream.write,
          signal,
        })
        stream.write({ progressDetail: {}, aux: { Tag: pushed.tag, Digest: digest, Size: size } })
      })
    },
  },
]
