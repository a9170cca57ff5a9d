import { createContainer } from '../../containers/create.ts'
import { parseCreateRequest, parseRestartPolicy } from '../../containers/create-request.ts'
import { hotRestartContainer } from '../../containers/hot-restart.ts'
import { inspectContainer } from '../../containers/inspect.ts'
import { listContainers, listFilterNames } from '../../containers/list.ts'
import { pauseContainer, unpauseContainer } from '../../containers/pause.ts'
import { pruneContainers } from '../../containers/prune.ts'
import { removeContainer } from '../../containers/remove.ts'
import { renameContainer } from '../../containers/rename.ts'
import { parseSignal } from '../../containers/signals.ts'
import { startContainer } from '../../containers/start.ts'
import { killContainer, restartContainer, stopContainer } from '../../containers/stop.ts'
import { queryFlag, queryInteger, readJson, sendJson, sendStatus } from '../answer.ts'
import type { EngineContext } from '../engine-context.ts'
import { badParameter } from '../errors.ts'
import { parseFilters } from '../filters.ts'
import type { Call, Handler, Route } from '../router.ts'
import { Shape } from '../shape.ts'

/** Containers, but for the calls that carry their streams and files. */
export const containerRoutes = (engine: EngineContext): Route[] => {
  const { containers } = engine
  const ofContainer = ({ params }: Call) => containers.get(params['id'] ?? '')
  const post = (action: string, handler: Handler): Route => ({
    method: 'POST',
    path: `/containers/:id/${action}`,
    handler,
  })
  return [
    { method: 'GET', path: '/containers/json', handler: (call) => list(engine, call) },
    { method: 'POST', path: '/containers/create', handler: (call) => create(engine, call) },
    {
      method: 'POST',
      path: '/containers/prune',
      handler: async (call) => sendJson(call, 200, await pruneContainers(engine, call.query.get('filters'))),
    },
    {
      method: 'GET',
      path: '/containers/:id/json',
      handler: (call) => sendJson(call, 200, inspectContainer(ofContainer(call), engine.networks)),
    },
    {
      method: 'DELETE',
      path: '/containers/:id',
      handler: async (call) => {
        if (queryFlag(call.query, 'link'))
          throw badParameter('legacy links of the default network do not exist')
        const options = { force: queryFlag(call.query, 'force'), volumes: queryFlag(call.query, 'v') }
        await removeContainer(engine, ofContainer(call), options)
        engine.execs.forgetRemoved()
        sendStatus(call, 204)
      },
    },
    post('start', async (call) => {
      sendStatus(call, (await startContainer(engine, ofContainer(call))) ? 204 : 304)
    }),
    post('stop', async (call) => {
      sendStatus(call, (await stopContainer(engine, ofContainer(call), stopOptions(call))) ? 204 : 304)
    }),
    post('restart', async (call) => {
      const restart = queryFlag(call.query, 'hot') ? hotRestartContainer : restartContainer
      await restart(engine, ofContainer(call), stopOptions(call))
      sendStatus(call, 204)
    }),
    post('kill', async (call) => {
      const container = ofContainer(call)
      await killContainer(engine, container, signalOf(call, 'kill') ?? 9)
      sendStatus(call, 204)
    }),
    post('pause', async (call) => {
      await pauseContainer(engine, ofContainer(call))
      sendStatus(call, 204)
    }),
    post('unpause', async (call) => {
      await unpauseContainer(engine, ofContainer(call))
      sendStatus(call, 204)
    }),
    post('rename', (call) => {
      renameContainer(engine, ofContainer(call), call.query.get('name') ?? '')
      sendStatus(call, 204)
    }),
    post('update', async (call) => {
      const container = ofContainer(call)
      sendJson(call, 200, await update(container, await readJson(call.request)))
    }),
  ]
}

const list = async (engine: EngineContext, call: Call): Promise<void> => {
  const limit = queryInteger(call.query, 'limit')
  const body = await listContainers(engine.containers, engine.networks, {
    all: queryFlag(call.query, 'all'),
    limit: limit === undefined || limit <= 0 ? undefined : limit,
    filters: parseFilters(call.query.get('filters'), listFilterNames),
    now: engine.clock.now(),
    imageId: async (reference) => (await engine.images.find(reference))?.id,
  })
  sendJson(call, 200, body)
}

const create = async (engine: EngineContext, call: Call): Promise<void> => {
  const type = call.request.headers['content-type'] ?? 'application/json'
  if (type.split(';', 1)[0]?.trim() !== 'application/json')
    throw badParameter(`unsupported Content-Type header (${type}): must be 'application/json'`)
  const body = await readJson(call.request)
  if (Object.keys(body).every((member) => ['HostConfig', 'NetworkingConfig'].includes(member)))
    throw badParameter('config cannot be empty in order to create a container')
  const request = parseCreateRequest(body)
  const name = call.query.get('name') || undefined
  const { container, warnings } = await createContainer(engine, request, { name })
  sendJson(call, 201, { Id: container.id, Warnings: warnings })
}

const stopOptions = (call: Call) => ({
  seconds: queryInteger(call.query, 't'),
  signal: signalOf(call, 'stop'),
})

const signalOf = ({ query, params }: Call, verb: string): number | undefined => {
  const signal = query.get('signal')
  if (!signal) return undefined
  try {
    return parseSignal(signal)
  } catch (error) {
    throw badParameter(`cannot ${verb} container: ${params['id']}: ${(error as Error).message}`)
  }
}

/** Of a container that exists only the restart policy can be changed: its machine has been made with the rest. */
const update = async (
  container: ReturnType<EngineContext['containers']['get']>,
  body: Readonly<Record<string, unknown>>,
) => {
  const isWish = (value: unknown) =>
    value !== null &&
    value !== 0 &&
    value !== '' &&
    value !== false &&
    !(Array.isArray(value) && value.length === 0)
  const others = Object.entries(body).filter(([name, value]) => name !== 'RestartPolicy' && isWish(value))
  if (others.length > 0)
    throw badParameter(
      `Cannot update container ${container.id}: ${others.map(([name]) => name).join(', ')} can't be changed, create it again`,
    )
  const policy = new Shape(body).shape('RestartPolicy')
  if (policy.text('Name') !== '')
    container.update(
      { hostConfig: { ...container.document.hostConfig, RestartPolicy: parseRestartPolicy(policy) } },
      { durable: true },
    )
  return { Warnings: null }
}
