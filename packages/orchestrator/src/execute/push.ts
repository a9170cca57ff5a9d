import type { PullMessage } from '../client/api-types.ts'
import type { EngineClient } from '../client/connect.ts'
import { EngineError } from '../client/engine-error.ts'
import { jsonLines } from '../client/json-lines.ts'
import { registryAuth } from '../client/registry-auth.ts'
import type { Emit } from '../events.ts'
import type { Operation } from '../plan/operation.ts'

type Push = Extract<Operation, { kind: 'image.push' }>

interface Pusher {
  readonly client: EngineClient
  readonly emit: Emit
  readonly signal: AbortSignal
}

/** Pushes one image and tells how its layers get on. @throws EngineError when the registry, or the engine, refuses */
export const push = async ({ reference }: Push, { client, emit, signal }: Pusher): Promise<void> => {
  const stream = await client.images.push(reference, { auth: await registryAuth(reference), signal })
  for await (const { id, status, progressDetail, error, errorDetail } of jsonLines<PullMessage>(stream)) {
    if (error !== undefined) throw new EngineError(500, errorDetail?.message ?? error)
    if (id === undefined || status === undefined) continue
    const { current, total } = progressDetail ?? {}
    const isDone = /^(Pushed|Layer already exists|Mounted from)/.test(status)
    emit({
      type: 'progress',
      id: `Pushing ${reference}: ${id}`,
      parent: `Pushing ${reference}`,
      text: status,
      state: isDone ? 'done' : 'working',
      ...(current === undefined ? {} : { current }),
      ...(total === undefined ? {} : { total }),
      percent: isDone ? 100 : total ? Math.floor(((current ?? 0) * 100) / total) : 0,
    })
  }
}
