import type { PullMessage } from '../client/api-types.ts'
import type { EngineClient } from '../client/connect.ts'
import { EngineError } from '../client/engine-error.ts'
import { jsonLines } from '../client/json-lines.ts'
import { registryAuth } from '../client/registry-auth.ts'
import type { Emit } from '../events.ts'
import type { Operation } from '../plan/operation.ts'

type Pull = Extract<Operation, { kind: 'image.pull' }>

interface Puller {
  readonly client: EngineClient
  readonly emit: Emit
  readonly signal: AbortSignal
}

/** Pulls one image and tells how its layers get on. Services that share the image are said to be skipped. */
export const pull = async (operation: Pull, { client, emit, signal }: Puller): Promise<void> => {
  const [id = operation.reference, ...others] = operation.services
  emit({ type: 'progress', id, text: 'Pulling', state: 'working' })
  for (const other of others)
    emit({
      type: 'progress',
      id: other,
      text: `Skipped - Image is already being pulled by ${id}`,
      state: 'done',
    })
  try {
    const { reference, platform } = operation
    const stream = await client.images.pull(reference, {
      platform,
      auth: await registryAuth(reference),
      signal,
    })
    for await (const message of jsonLines<PullMessage>(stream)) tell(message, id, emit)
    emit({ type: 'progress', id, text: 'Pulled', state: 'done' })
  } catch (error) {
    if (signal.aborted) {
      emit({ type: 'progress', id, status: 'Interrupted', state: 'warning' })
      throw error
    }
    const text = error instanceof EngineError ? error.reason : String(error)
    const state = operation.optional ? 'warning' : 'error'
    emit({ type: 'progress', id, text: operation.optional ? 'Warning' : 'Error', status: text, state })
    if (!operation.optional) throw error
  }
}

/** @throws EngineError when the line says that the registry refused. */
const tell = (
  { status, id: layer, progressDetail, error, errorDetail }: PullMessage,
  parent: string,
  emit: Emit,
): void => {
  if (error !== undefined) throw new EngineError(500, errorDetail?.message ?? error)
  if (layer === undefined || status === undefined || status.startsWith('Pulling from')) return
  const { current, total } = progressDetail ?? {}
  const finished = ['Already exists', 'Pull complete', 'Download complete'].includes(status)
  // Only layers that move, and those that end, say something new.
  if (!finished && current === undefined) return
  emit({
    type: 'progress',
    id: layer,
    parent,
    text: status,
    state: finished && status !== 'Download complete' ? 'done' : 'working',
    ...(current === undefined ? {} : { current }),
    ...(total === undefined ? {} : { total }),
    percent: finished ? 100 : total ? Math.floor(((current ?? 0) * 100) / total) : 0,
  })
}
