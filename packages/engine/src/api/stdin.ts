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
    // Not by iterating: that would destroy the socket at the end of its input, while output goes on.
    await new Promise<void>((resolve, reject) => {
      const { input, gone } = stream
      // A socket that ends without having sent anything says so although nobody listens yet.
      if (input.readableEnded || gone.aborted) return resolve()
      input.on('end', resolve)
      gone.addEventListener('abort', () => resolve())
      input.on('data', (data: Buffer) => {
        const { pass, detached } = detector?.push(data) ?? { pass: data, detached: false }
        input.pause()
        const written = pass.length > 0 ? target.write(pass) : Promise.resolve()
        written.then(() => {
          if (detached) onDetach?.()
          else input.resume()
        }, reject)
      })
      input.resume()
    })
    await target.end()
  } catch {
    stream.input.resume()
  }
}
