import type { DetachDetector } from './detach-keys.ts'
import type { RawStream } from './hijack.ts'

/** Where a client's input goes. */
export interface InputTarget {
  write(data: Buffer): Promise<void>
  /** The client sends no more. */
  end(): Promise<void>
}

/**
 * Passes on what a client sends, as fast as it is taken, until it ends its side or detaches. Never rejects: input for a process
 * that has ended goes nowhere, as in a pipe.
 */
export const pumpInput = async (
  stream: RawStream,
  target: InputTarget,
  options: { readonly detector?: DetachDetector | undefined; readonly onDetach?: () => void } = {},
): Promise<void> => {
  const { detector, onDetach } = options
  try {
    // Not by iterating over the socket: that would destroy it at the end of its input, while output goes on.
    await new Promise<void>((resolve, reject) => {
      const { socket } = stream
      socket.on('end', resolve)
      socket.on('close', resolve)
      socket.on('data', (data: Buffer) => {
        const { pass, detached } = detector?.push(data) ?? { pass: data, detached: false }
        socket.pause()
        const written = pass.length > 0 ? target.write(pass) : Promise.resolve()
        written.then(() => {
          if (detached) onDetach?.()
          else socket.resume()
        }, reject)
      })
      socket.resume()
    })
    await target.end()
  } catch {
    stream.socket.resume()
  }
}
