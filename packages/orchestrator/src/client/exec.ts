import type { Duplex } from 'node:stream'
import type Docker from 'dockerode'
import type { ExecCreateBody, ExecDetails } from './api-types.ts'
import type { Guard } from './connect.ts'

/** `/exec/…` */
export interface ExecCalls {
  /** Gives the id of the exec. */
  create(container: string, body: ExecCreateBody): Promise<string>
  /** Starts it and gives its streams: frames, or plain bytes with a terminal. */
  start(id: string, options: { readonly tty: boolean }): Promise<Duplex>
  startDetached(id: string): Promise<void>
  inspect(id: string): Promise<ExecDetails>
  resize(id: string, size: { readonly rows: number; readonly columns: number }): Promise<void>
}

export const execCalls = (docker: Docker, guard: Guard): ExecCalls => ({
  create: async (container, body) => {
    const exec = await guard(docker.getContainer(container).exec(body as unknown as Docker.ExecCreateOptions))
    return exec.id
  },
  start: (id, { tty }) =>
    guard(
      docker.getExec(id).start({ hijack: true, stdin: true, Tty: tty, Detach: false }),
    ) as unknown as Promise<Duplex>,
  startDetached: async (id) => {
    const stream = await guard(docker.getExec(id).start({ Detach: true }))
    stream.resume()
  },
  inspect: (id) => guard(docker.getExec(id).inspect()) as Promise<ExecDetails>,
  resize: async (id, { rows, columns }) => {
    await guard(docker.getExec(id).resize({ h: rows, w: columns }))
  },
})
