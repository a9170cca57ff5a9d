import { once } from 'node:events'
import { createServer, type Socket } from 'node:net'
import { createInterface } from 'node:readline'
import { deferred, messageOf } from '@container-compose/core'
import { type ControlAnswer, type ControlRequest, controlProtocol } from '../control.ts'
import type { SwitchPaths } from '../paths.ts'
import { readState } from '../state-document.ts'
import type { SwitchProcess } from './switch-process.ts'

/** Answers engines on the control socket until one says stop. */
export const listenForEngine = (
  paths: SwitchPaths,
  switchProcess: SwitchProcess,
): { readonly listening: Promise<unknown>; readonly finished: Promise<void> } => {
  const connections = new Set<Socket>()
  const { promise: finished, resolve: finish } = deferred()
  const server = createServer((socket) => {
    connections.add(socket)
    socket.on('error', () => {})
    socket.on('close', () => connections.delete(socket))
    const lines = createInterface({ input: socket }).on('error', () => {})
    lines.on('line', (line) => {
      const request = parse(line)
      if (request === undefined) return void socket.destroy()
      void answer(request, paths, switchProcess).then((reply) => {
        socket.write(`${JSON.stringify({ id: request.id, ...reply })}\n`, () => {
          if (request.method !== 'stop' || reply.error !== undefined) return
          server.close()
          for (const connection of connections) connection.end()
          finish()
        })
      })
    })
  })
  server.listen(paths.control)
  return { listening: once(server, 'listening'), finished }
}

const parse = (line: string): ControlRequest | undefined => {
  try {
    return JSON.parse(line) as ControlRequest
  } catch {
    return undefined
  }
}

const answer = async (
  request: ControlRequest,
  paths: SwitchPaths,
  switchProcess: SwitchProcess,
): Promise<Omit<ControlAnswer, 'id'>> => {
  try {
    switch (request.method) {
      case 'hello':
        return { hello: { protocol: controlProtocol, pid: process.pid } }
      case 'apply': {
        const document = readState(paths)
        if (document === undefined) throw new Error(`no state in ${paths.state}`)
        return { applied: await switchProcess.apply(document.state) }
      }
      case 'stop':
        await switchProcess.close()
        return {}
    }
  } catch (error) {
    return { error: messageOf(error) }
  }
}
