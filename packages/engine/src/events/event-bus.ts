import type { Clock } from '@container-compose/core'
import { type Filters, fitsOne } from '../api/filters.ts'

export type EventType = 'container' | 'image' | 'network' | 'volume' | 'daemon'

/** A message of `GET /events`. */
export interface EngineEvent {
  /** The older names of `Action`, `Actor.ID` and the image: only for containers and images. */
  readonly status?: string
  readonly id?: string
  readonly from?: string
  readonly Type: EventType
  readonly Action: string
  readonly Actor: { readonly ID: string; readonly Attributes: Readonly<Record<string, string>> }
  readonly scope: 'local'
  /** Seconds since the epoch. */
  readonly time: number
  readonly timeNano: number
}

/** How many past events `since` can still reach; dockerd keeps 256. */
const keptEvents = 1024

/** Says what happens in the engine, in Docker's words, to whoever listens. */
export class EventBus {
  readonly #clock: Clock
  readonly #listeners = new Set<(event: EngineEvent) => void>()
  #kept: EngineEvent[] = []

  constructor(clock: Clock) {
    this.#clock = clock
  }

  publish(type: EventType, action: string, id: string, attributes: Readonly<Record<string, string>>): void {
    const now = this.#clock.now()
    const legacy =
      type === 'container' || type === 'image'
        ? { status: action, id, ...(attributes['image'] !== undefined && { from: attributes['image'] }) }
        : {}
    const event: EngineEvent = {
      ...legacy,
      Type: type,
      Action: action,
      Actor: { ID: id, Attributes: attributes },
      scope: 'local',
      time: Math.floor(now / 1000),
      timeNano: now * 1e6,
    }
    this.#kept.push(event)
    if (this.#kept.length > 2 * keptEvents) this.#kept = this.#kept.slice(-keptEvents)
    for (const listener of this.#listeners) listener(event)
  }

  /** Calls back for every event until the returned function is called. */
  subscribe(listener: (event: EngineEvent) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** Events still kept, oldest first, whose time (milliseconds) is in the range. */
  past(since: number, until: number): EngineEvent[] {
    return this.#kept.filter(({ timeNano }) => timeNano >= since * 1e6 && timeNano <= until * 1e6)
  }
}

export const eventFilterNames = [
  'config',
  'container',
  'daemon',
  'event',
  'image',
  'label',
  'network',
  'node',
  'plugin',
  'scope',
  'secret',
  'service',
  'type',
  'volume',
] as const

/** True when an event is what the filters of `GET /events` ask for. */
export const eventFits = (event: EngineEvent, filters: Filters): boolean => {
  const { Type, Action, Actor } = event
  const actorFits = (name: string) => {
    const values = filters.get(name)
    if (values === undefined || values.length === 0) return true
    if (Type !== name) return mentions(event, name, values)
    return values.some((value) => Actor.ID.startsWith(value) || Actor.Attributes['name'] === value)
  }
  return (
    fitsOne(filters, 'type', (value) => value === Type) &&
    // `exec_create: sh -c …` is found by `exec_create`.
    fitsOne(filters, 'event', (value) => Action === value || Action.startsWith(`${value}: `)) &&
    fitsOne(filters, 'scope', (value) => value === 'local') &&
    (filters.get('label') ?? []).every((wanted) => {
      const equals = wanted.indexOf('=')
      const value = Actor.Attributes[equals < 0 ? wanted : wanted.slice(0, equals)]
      return value !== undefined && (equals < 0 || value === wanted.slice(equals + 1))
    }) &&
    actorFits('container') &&
    actorFits('network') &&
    actorFits('volume') &&
    fitsOne(filters, 'image', (value) => event.from === value || (Type === 'image' && Actor.ID === value))
  )
}

/** Connecting a container is an event of the network, and filtering by container finds it. */
const mentions = ({ Actor }: EngineEvent, name: string, values: readonly string[]): boolean =>
  values.some((value) => Actor.Attributes[name]?.startsWith(value))
