import { messageOf } from '@container-compose/core'
import { drained } from './drained.ts'
import type { Call } from './router.ts'

export interface JsonStream {
  /** Sends one message at once; the first also sends the status, 200. */
  write(message: object): void
  /** Resolves when the client, or the kernel for it, has taken enough for more to be sent, or has gone. */
  taken(): Promise<void>
  /**
   * Ends the stream when `action` does. An error before the first message is the answer of the call, a later one is a message of
   * its own. The signal is aborted when the client goes.
   */
  during(action: (signal: AbortSignal) => Promise<unknown>): Promise<void>
}

/** The lines of JSON by which long operations report (pull, load). */
export const jsonStream = ({ response }: Pick<Call, 'response'>): JsonStream => {
  const write = (message: object): void => {
    if (!response.headersSent) response.writeHead(200, { 'Content-Type': 'application/json' })
    response.write(`${JSON.stringify(message)}\r\n`)
  }
  return {
    write,
    taken: () => drained(response),
    during: async (action) => {
      const gone = new AbortController()
      const onClose = () => gone.abort()
      response.once('close', onClose)
      try {
        await action(gone.signal)
        if (!response.headersSent) response.writeHead(200, { 'Content-Type': 'application/json' })
      } catch (error) {
        if (!response.headersSent) throw error
        const message = messageOf(error)
        write({ errorDetail: { message }, error: message })
      } finally {
        response.off('close', onClose)
      }
      response.end()
    },
  }
}
