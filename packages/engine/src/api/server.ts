import { chmodSync, rmSync } from 'node:fs'
import { createServer, type IncomingMessage, type Server, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { messageOf, UserError } from '@container-compose/core'
import { buildHeader } from '../daemon/control.ts'
import type { Log } from '../daemon/log.ts'
import { sendJson } from './answer.ts'
import { ApiError } from './errors.ts'
import { type Call, type Route, Router } from './router.ts'
import { apiVersion, parsePath, versionFault } from './version.ts'

export interface ApiServerOptions {
  readonly routes: readonly Route[]
  /** Other routes wait for it. */
  readonly ready: Promise<void>
  readonly build: string
  readonly log: Log
}

/** The Docker Engine API over HTTP. Nothing that a handler does ends the process: what it throws becomes an answer. */
export const createApiServer = (options: ApiServerOptions): Server => {
  const router = new Router(options.routes)
  const headers = {
    'Api-Version': apiVersion,
    'Docker-Experimental': 'false',
    Ostype: 'linux',
    Server: `container-compose/${options.build}`,
    [buildHeader]: options.build,
  }

  const answer = async (request: IncomingMessage, response: ServerResponse, upgrade?: Call['upgrade']) => {
    for (const [name, value] of Object.entries(headers)) response.setHeader(name, value)
    const { path, query, version } = parsePath(request.url ?? '/')
    const call = { request, response, query, apiVersion: version ?? apiVersion, ...(upgrade && { upgrade }) }
    try {
      const fault = version === undefined ? undefined : versionFault(version)
      if (fault !== undefined) throw new ApiError(400, fault)
      const match = router.match(request.method ?? 'GET', path)
      if (match === undefined) throw new ApiError(404, 'page not found')
      if (match.route.early !== true) await options.ready
      await match.route.handler({ ...call, params: match.params })
    } catch (error) {
      fail(call, error)
    }
  }

  const fail = (call: Pick<Call, 'request' | 'response'>, error: unknown) => {
    const { request, response } = call
    const { status, message } = faultOf(error)
    const facts = { method: request.method, url: request.url, status }
    // Faults that have a name are what the client is told; anything else is ours and needs its stack.
    if (error instanceof ApiError || error instanceof UserError) options.log.info(facts, message)
    else options.log.error({ ...facts, err: error }, message)
    if (response.headersSent || response.destroyed) response.destroy()
    else sendJson(call, status, { message })
  }

  const server = createServer((request, response) => {
    response.once('finish', () => drain(request))
    void answer(request, response)
  })
  server.on('upgrade', (request, socket: Socket, head) => {
    // A socket that was upgraded has no response of its own. One is made for the case that the answer is an ordinary one.
    const response = new ServerResponse(request)
    response.shouldKeepAlive = false
    response.assignSocket(socket)
    response.once('finish', () => socket.end())
    socket.on('error', () => socket.destroy())
    void answer(request, response, { socket, head })
  })
  server.on('clientError', (_error, socket) => socket.destroy())
  // Streams last as long as containers do.
  server.requestTimeout = 0
  server.timeout = 0
  server.keepAliveTimeout = 60_000
  return server
}

/**
 * Reads what is left of a body whose request has been answered. Else it would lie in front of the next request on the same
 * connection, which would wait for ever. Node.js does so itself only for a body that nobody has begun to read.
 */
const drain = (request: IncomingMessage): void => {
  if (request.complete) return
  request.removeAllListeners('data').removeAllListeners('readable')
  // The stream finds out a tick later that nobody reads by 'readable' any more.
  process.nextTick(() => request.resume())
}

/** Listens on a unix socket that only its owner may use; a socket left by an engine that is gone is replaced. */
export const listen = (server: Server, path: string): Promise<void> =>
  new Promise((resolve, reject) => {
    rmSync(path, { force: true })
    const mask = process.umask(0o177)
    server.once('error', reject)
    server.listen(path, () => {
      server.off('error', reject)
      chmodSync(path, 0o600)
      resolve()
    })
    process.umask(mask)
  })

const faultOf = (error: unknown): { readonly status: number; readonly message: string } => {
  if (error instanceof ApiError) return error
  if (error instanceof UserError)
    return {
      status: 500,
      message: error.hint === undefined ? error.message : `${error.message}: ${error.hint}`,
    }
  return { status: 500, message: messageOf(error) }
}
