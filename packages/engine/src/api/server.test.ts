import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { Agent, type IncomingMessage, request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { expect, test } from 'vitest'
import { createLog } from '../daemon/log.ts'
import { sendJson } from './answer.ts'
import { badParameter } from './errors.ts'
import { createApiServer, listen } from './server.ts'

test('a request that fails amid its body leaves a connection that the next one can use', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'api-'))
  const socketPath = join(folder, 's')
  const server = createApiServer({
    routes: [
      {
        method: 'PUT',
        path: '/half',
        handler: async (call) => {
          for await (const _ of { [Symbol.asyncIterator]: () => endless(call.request) })
            throw badParameter('enough')
        },
      },
      { method: 'GET', path: '/next', handler: async (call) => sendJson(call, 200, { reached: true }) },
    ],
    ready: Promise.resolve(),
    build: 'test',
    log: createLog('silent'),
  })
  await listen(server, socketPath)
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  const call = async (method: string, path: string, body?: Buffer) => {
    const outgoing = request({ socketPath, agent, method, path })
    outgoing.end(body)
    const [response] = (await once(outgoing, 'response')) as [IncomingMessage]
    return { socket: outgoing.socket, status: response.statusCode, body: await text(response) }
  }
  try {
    // More than the kernel holds for a socket, so that the rest is still to be sent when the answer comes.
    const half = await call('PUT', '/half', Buffer.alloc(4 * 1024 * 1024))
    expect(half).toMatchObject({ status: 400, body: '{"message":"enough"}\n' })
    const next = await call('GET', '/next')
    expect(next).toMatchObject({ status: 200, body: '{"reached":true}\n' })
    expect(next.socket).toBe(half.socket)
  } finally {
    agent.destroy()
    server.close()
    rmSync(folder, { recursive: true })
  }
})

/** Reads without closing the stream when the reader stops, as what unpacks archives does. */
const endless = (stream: IncomingMessage): AsyncIterator<unknown> => {
  const chunks = stream[Symbol.asyncIterator]()
  return { next: () => chunks.next() }
}
