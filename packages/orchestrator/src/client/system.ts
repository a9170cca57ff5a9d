import type { Readable } from 'node:stream'
import type Docker from 'dockerode'
import type { EngineEvent, Filters } from './api-types.ts'
import type { Guard } from './connect.ts'
import { jsonLines } from './json-lines.ts'

/** Calls that concern the engine as a whole. */
export interface SystemCalls {
  version(): Promise<{ readonly Version?: string; readonly ApiVersion?: string }>
  /** Whether it is the engine of this program, which can do more than the API says. */
  isOwnEngine(): Promise<boolean>
  /** Events from now on, until the signal is aborted or the engine goes. Resolves when the engine listens. */
  events(filters: Filters, signal: AbortSignal): Promise<AsyncIterable<EngineEvent>>
}

export const systemCalls = (docker: Docker, guard: Guard): SystemCalls => ({
  version: () => guard(docker.version() as unknown as Promise<Record<string, string>>),
  isOwnEngine: async () => {
    const { Platform } = (await guard(docker.version())) as { readonly Platform?: { readonly Name?: string } }
    return Platform?.Name === 'container-compose'
  },
  events: async (filters, signal) => {
    const stream = await guard(
      docker.getEvents({
        filters: filters as Record<string, string[]>,
        abortSignal: signal,
      } as Docker.GetEventsOptions),
    )
    return jsonLines<EngineEvent>(stream as Readable, signal)
  },
})
