import type { Images } from '../../images/images.ts'
import { sendJson } from '../answer.ts'
import { registryAuth } from '../registry-auth.ts'
import type { Route } from '../router.ts'

/** `GET /distribution/{name}/json` */
export const distributionRoutes = (images: Images): Route[] => [
  {
    method: 'GET',
    path: '/distribution/:name*/json',
    handler: async (call) => {
      const auth = registryAuth(call.request.headers['x-registry-auth'])
      const name = call.params['name'] ?? ''
      const { mediaType, digest, size, platforms } = await images.distribution(name, {
        ...(auth !== undefined && { auth }),
      })
      sendJson(call, 200, {
        Descriptor: { mediaType, digest, size },
        Platforms: platforms,
      })
    },
  },
]
