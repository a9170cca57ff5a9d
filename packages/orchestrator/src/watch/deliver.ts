import { Readable } from 'node:stream'
import type { EngineClient } from '../client/connect.ts'
import { type Delta, deltaTar } from './delta.ts'
import { runInside } from './run-inside.ts'

/** Told of a file that could not be read. */
export type Skipped = (path: string, error: unknown) => void

/**
 * Brings a delta into a running container. Our engine takes it whole, removals included, and the image needs no program for it; on
 * another one `rm` of the image removes.
 */
export const deliver = async (
  client: EngineClient,
  container: string,
  delta: Delta,
  { ownEngine, skipped }: { readonly ownEngine: boolean; readonly skipped: Skipped },
): Promise<void> => {
  if (!ownEngine) {
    for (let from = 0; from < delta.removals.length; from += pathsAtOnce)
      await runInside(client, container, {
        command: ['rm', '-rf', '--', ...delta.removals.slice(from, from + pathsAtOnce)],
        user: 'root',
      })
    if (delta.writes.length === 0) return
  }
  const tar = Readable.from(gathered(deltaTar(delta, { whiteouts: ownEngine }, skipped)))
  try {
    await client.containers.writeFiles(container, '/', tar, { sync: ownEngine })
  } finally {
    // An engine that refuses half way leaves a file open.
    tar.destroy()
  }
}

const pathsAtOnce = 500

/** In pieces that are worth a write. */
function* gathered(chunks: Iterable<Buffer>): Generator<Buffer> {
  let pending: Buffer[] = []
  let size = 0
  for (const chunk of chunks) {
    pending.push(chunk)
    size += chunk.length
    if (size < pieceBytes) continue
    yield Buffer.concat(pending)
    pending = []
    size = 0
  }
  if (size > 0) yield Buffer.concat(pending)
}

const pieceBytes = 128 * 1024
