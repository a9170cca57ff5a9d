import type { Readable } from 'node:stream'
import { StringDecoder } from 'node:string_decoder'
import { readFrames } from '../client/frames.ts'

export interface Line {
  readonly stream: 'stdout' | 'stderr'
  /** Without its end. */
  readonly text: string
}

/** The lines of a container's output; what has no end yet is held until it has, or the stream ends. */
export async function* readLines(source: Readable, options: { readonly tty: boolean }): AsyncGenerator<Line> {
  const open = {
    stdout: { decoder: new StringDecoder('utf8'), rest: '' },
    stderr: { decoder: new StringDecoder('utf8'), rest: '' },
  }
  for await (const { stream, bytes } of readFrames(source, options)) {
    const part = open[stream]
    const lines = (part.rest + part.decoder.write(bytes)).split('\n')
    part.rest = lines.pop() ?? ''
    for (const text of lines) yield { stream, text }
  }
  for (const stream of ['stdout', 'stderr'] as const) {
    const text = open[stream].rest + open[stream].decoder.end()
    if (text !== '') yield { stream, text }
  }
}
