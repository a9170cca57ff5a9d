import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { ApiError } from './errors.ts'

/** One call of the API. */
export interface Call {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  /** The parts of the path that the route names. */
  readonly params: Readonly<Record<string, string>>
  readonly query: URLSearchParams
  /** `1.51`: what the path asked for, else the newest that we answer. */
  readonly apiVersion: string
  /** Present when the client asked to upgrade the connection. `head` is what it sent after the request. */
  readonly upgrade?: { readonly socket: Socket; head: Buffer }
}

export type Handler = (call: Call) => Promise<void> | void

/** A method and a path such as `/containers/:id/json`. `:name*` takes slashes too, as names of images have them. */
export interface Route {
  readonly method: string
  readonly path: string
  readonly handler: Handler
  /** Answers while the engine is still taking over what it found. */
  readonly early?: true
}

export interface Match {
  readonly route: Route
  readonly params: Readonly<Record<string, string>>
}

/** Finds routes. Those of one first segment are tried in the order of the table. */
export class Router {
  readonly #byHead = new Map<string, { pattern: RegExp; names: readonly string[]; route: Route }[]>()

  constructor(routes: readonly Route[]) {
    for (const route of routes) {
      const head = headOf(route.method, route.path)
      const entries = this.#byHead.get(head) ?? []
      entries.push({ ...compile(route.path), route })
      this.#byHead.set(head, entries)
    }
  }

  /** Undefined when no route has that method and path. @throws ApiError 400 for a name with a broken escape */
  match(method: string, path: string): Match | undefined {
    for (const { pattern, names, route } of this.#byHead.get(headOf(method, path)) ?? []) {
      const found = pattern.exec(path)
      if (found === null) continue
      const params: Record<string, string> = {}
      for (const [index, name] of names.entries()) params[name] = unescaped(found[index + 1] ?? '')
      return { route, params }
    }
    return undefined
  }
}

const unescaped = (text: string): string => {
  try {
    return decodeURIComponent(text)
  } catch (error) {
    throw new ApiError(400, `invalid URL escape in "${text}"`, { cause: error })
  }
}

const headOf = (method: string, path: string): string => `${method} ${path.split('/', 2)[1] ?? ''}`

const compile = (path: string): { pattern: RegExp; names: string[] } => {
  const names: string[] = []
  const source = path.replace(/:(\w+)(\*?)/g, (_whole, name: string, star: string) => {
    names.push(name)
    return star === '*' ? '(.+)' : '([^/]+)'
  })
  return { pattern: new RegExp(`^${source}$`), names }
}
