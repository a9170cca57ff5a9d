import type { Readable } from 'node:stream'
import { isSystemError, UserError } from '@container-compose/core'
import type { BuildMessage } from '../client/api-types.ts'
import type { EngineClient } from '../client/connect.ts'
import { EngineError } from '../client/engine-error.ts'
import { jsonLines } from '../client/json-lines.ts'
import { allRegistryAuths } from '../client/registry-auth.ts'
import type { DesiredBuild } from '../desired/desired-build.ts'
import type { Emit } from '../events.ts'
import type { Operation } from '../plan/operation.ts'
import { buildArchive } from './archive.ts'
import { type BuildDockerfile, findDockerfile } from './dockerfile.ts'
import { archiveParts, bundleType, furtherParts, needsBundle } from './parts.ts'
import { progressReader } from './progress.ts'
import { buildQuery } from './query.ts'

type BuildOperation = Extract<Operation, { kind: 'image.build' }>

interface ImageBuilder {
  readonly client: EngineClient
  readonly emit: Emit
  readonly signal: AbortSignal
}

/**
 * Has the engine build an image, and tells how its steps get on.
 *
 * @throws UserError `BUILD_FAILED` with the line of the Dockerfile, where the engine tells it
 */
export const buildImage = async (
  operation: BuildOperation,
  { client, emit, signal }: ImageBuilder,
): Promise<void> => {
  const { build } = operation
  checkAgents(build)
  for (const message of build.hints) emit({ type: 'warning', message })
  const isUrl = !build.context.startsWith('/')
  const dockerfile = isUrl ? urlDockerfile(operation) : await findDockerfile(build)
  const archive = buildArchive(isUrl ? await furtherParts(build) : await archiveParts(build, dockerfile))
  try {
    const stream = await client.images.build(archive, {
      query: buildQuery(operation, dockerfile.name),
      type: needsBundle(build) ? bundleType : 'application/x-tar',
      auths: await allRegistryAuths(),
      signal,
    })
    await follow(stream, operation, { emit, dockerfile })
  } catch (error) {
    archive.destroy()
    throw signal.aborted ? error : (withService(error, operation) ?? error)
  }
}

const follow = async (
  stream: Readable,
  operation: BuildOperation,
  { emit, dockerfile }: { readonly emit: Emit; readonly dockerfile: BuildDockerfile },
): Promise<void> => {
  const [service = operation.reference] = operation.services
  const progress = progressReader({ image: operation.reference, service }, emit)
  let isBuilt = false
  for await (const message of untilCut(jsonLines<BuildMessage>(stream))) {
    if (message.error !== undefined) {
      progress.fail()
      throw failure(operation, message, dockerfile)
    }
    if (message.aux?.ID !== undefined) isBuilt = true
    if (message.stream !== undefined) progress.read(message.stream)
  }
  if (!isBuilt)
    throw new UserError('BUILD_FAILED', `service "${service}": the engine ended before its build did`)
  progress.end()
}

async function* untilCut(messages: AsyncIterable<BuildMessage>): AsyncGenerator<BuildMessage> {
  try {
    yield* messages
  } catch (error) {
    if (!isSystemError(error, 'ECONNRESET')) throw error
  }
}

const failure = (
  { build, services }: BuildOperation,
  { error = '', errorDetail }: BuildMessage,
  { locate }: BuildDockerfile,
): UserError => {
  const { line, message = error } = errorDetail ?? {}
  return new UserError('BUILD_FAILED', `service "${services[0]}": ${message}`, {
    at: line === undefined ? build.at : locate(line),
  })
}

/** What the engine said, about whose build. */
const withService = (error: unknown, { build, services }: BuildOperation): UserError | undefined =>
  error instanceof EngineError
    ? new UserError('BUILD_FAILED', `service "${services[0]}": ${error.reason}`, { at: build.at })
    : undefined

const checkAgents = ({ service, ssh, at }: DesiredBuild): void => {
  for (const [id, path] of Object.entries(ssh))
    if (path === '')
      throw new UserError('BUILD_SSH', `service "${service}": no agent for ssh id "${id}"`, {
        at,
        hint: 'start an agent, so that SSH_AUTH_SOCK is set, or name its socket: id=/path/of/the/socket',
      })
}

const urlDockerfile = ({ build }: BuildOperation): BuildDockerfile => {
  if (build.dockerfile.kind === 'file')
    return { name: build.dockerfile.path, content: undefined, locate: () => undefined }
  throw new UserError(
    'UNSUPPORTED_KEY',
    `services.${build.service}.build.dockerfile_inline is not supported with a URL as context`,
    {
      at: build.at,
      hint: 'fetch the repository and name its folder as the context',
    },
  )
}
