import { StepError } from '../../builder/buildah/steps.ts'
import type { BuildEvent, Builder } from '../../builder/builder.ts'
import { DockerfileError } from '../../builder/dockerfile/instructions.ts'
import { readBuildRequest } from '../../builder/request.ts'
import type { RegistryAuth } from '../../images/images.ts'
import { sendJson } from '../answer.ts'
import { notImplemented } from '../errors.ts'
import { parseFilters } from '../filters.ts'
import { type JsonStream, jsonStream } from '../json-stream.ts'
import { registryConfig } from '../registry-auth.ts'
import type { Route } from '../router.ts'

/** Media type of a body of ours: an archive with `context/`, `contexts/<name>/` and `secrets/<id>`. */
const bundleType = 'application/vnd.container-compose.build.v1.tar'

/** `/build` of the Docker Engine API, as its classic builder answers. */
export const buildRoutes = (builder: Builder): Route[] => [
  {
    method: 'POST',
    path: '/build/prune',
    handler: async (call) => {
      // What is kept has no times of use or sizes of its own, so there is nothing to choose by.
      parseFilters(call.query.get('filters'), [])
      if (Number(call.query.get('keep-storage') ?? 0) > 0)
        throw notImplemented('keeping a part of the layers of earlier builds is not supported')
      const { removed, freedBytes } = await builder.prune()
      sendJson(call, 200, { CachesDeleted: removed, SpaceReclaimed: freedBytes })
    },
  },
  {
    method: 'POST',
    path: '/build',
    handler: async (call) => {
      const { query, request: incoming } = call
      const request = readBuildRequest(query)
      const auths = registryConfig(incoming.headers['x-registry-config'])
      const stream = jsonStream(call)
      await stream.during(async (signal) => {
        const tell = request.quiet ? () => undefined : teller(stream)
        try {
          const image = await builder.build({
            ...{ request, signal, archive: incoming as AsyncIterable<Buffer> },
            isBundle: incoming.headers['content-type'] === bundleType,
            access: { auth: (domain) => authFor(auths, domain) },
            emit: tell,
          })
          stream.write({ aux: { ID: image.id } })
          if (request.quiet) return stream.write({ stream: `${image.id}\n` })
          stream.write({ stream: `Successfully built ${image.id.slice(7, 19)}\n` })
          for (const tag of request.tags) stream.write({ stream: `Successfully tagged ${tag}\n` })
        } catch (error) {
          // What the client still sends is let go, so that it reads our answer.
          incoming.resume()
          const fault = faultOf(error)
          if (fault === undefined) throw error
          stream.write({ errorDetail: fault, error: fault.message })
        }
      })
    },
  },
]

/** What the Dockerfile is to blame for, with its line, which is an addition of ours; `code` is the status of a step's program. */
const faultOf = (error: unknown) => {
  if (error instanceof DockerfileError) return { message: error.message, line: error.line }
  if (!(error instanceof StepError)) return undefined
  const { message, exitCode, step } = error
  return { message, ...(exitCode > 0 && { code: exitCode }), ...(step !== undefined && { line: step.line }) }
}

/** Tells what happens in the words of Docker's classic builder, which tools read. */
const teller = (stream: JsonStream): ((event: BuildEvent) => Promise<void>) => {
  const say = (text: string): Promise<void> => {
    stream.write({ stream: text })
    return stream.taken()
  }
  return (event) => {
    switch (event.kind) {
      case 'pulling':
        return say(`Pulling ${event.reference}\n`)
      case 'step': {
        const { number, total, step } = event
        return say(`Step ${number}/${total} : ${step.keyword} ${step.text}\n`)
      }
      case 'cached':
        return say(` ---> Using cache\n ---> ${event.id}\n`)
      case 'layer':
        return say(` ---> ${event.id}\n`)
      case 'output':
      case 'stderr':
        return say(event.text)
    }
  }
}

const authFor = (auths: Readonly<Record<string, RegistryAuth>>, domain: string): RegistryAuth | undefined => {
  if (domain !== 'docker.io') return auths[domain] ?? auths[`https://${domain}`]
  return auths['https://index.docker.io/v1/'] ?? auths['docker.io']
}
