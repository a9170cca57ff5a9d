import { UserError } from '@container-compose/core'
import type { Endpoint } from './endpoint.ts'
import { engineHint } from './engine-hints.ts'

/** The engine refused a call: `ENGINE_NOT_FOUND` (404), `ENGINE_CONFLICT` (409), `ENGINE_ERROR` (all others). */
export class EngineError extends UserError {
  readonly status: number
  /** What the engine said, without our words before it. */
  readonly reason: string

  constructor(status: number, reason: string) {
    super(codes[status] ?? 'ENGINE_ERROR', `Error response from daemon: ${reason}`, {
      hint: engineHint(reason),
    })
    this.status = status
    this.reason = reason
  }
}

const codes: Record<number, string> = { 404: 'ENGINE_NOT_FOUND', 409: 'ENGINE_CONFLICT' }

export const isNotFound = (error: unknown): error is EngineError =>
  error instanceof EngineError && error.status === 404

/** What dockerode rejects with, as what a person can act on. An abort stays what it is. */
export const toEngineError = (error: unknown, endpoint: Endpoint): unknown => {
  if (!(error instanceof Error) || error.name === 'AbortError') return error
  const { statusCode, json, code } = error as Error & {
    statusCode?: number
    json?: { message?: string }
    code?: string
  }
  if (statusCode !== undefined) return new EngineError(statusCode, json?.message ?? reasonOf(error.message))
  if (code === undefined || !unreachable.has(code)) return error
  const hint =
    code === 'EACCES'
      ? 'run as the owner of the socket'
      : 'start that engine, or leave out -H, --context, DOCKER_HOST and DOCKER_CONTEXT to use our own'
  return new UserError(
    'ENGINE_UNREACHABLE',
    `Cannot connect to the Docker daemon at ${endpoint.name}. Is the docker daemon running?`,
    { cause: error, hint },
  )
}

const unreachable = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EACCES',
  'EHOSTUNREACH',
  'ENOENT',
  'ENOTFOUND',
  'ENOTSOCK',
  'ETIMEDOUT',
])

/** For streams dockerode gives the engine's words only inside its own: `(HTTP code 404) no such exec - WORDS `. */
const reasonOf = (message: string): string =>
  /^\(HTTP code \d+\) .*? - (.*?)\s*$/s.exec(message)?.[1] ?? message
