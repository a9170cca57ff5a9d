import type { Readable } from 'node:stream'
import { StringDecoder } from 'node:string_decoder'

/** The JSON values of a stream, one per line. Ends quietly when the signal is aborted. */
export async function* jsonLines<Value>(stream: Readable, signal?: AbortSignal): AsyncGenerator<Value> {
  const decoder = new StringDecoder('utf8')
  let rest = ''
  try {
    for await (const chunk of stream) {
      const lines = (rest + decoder.write(chunk as Buffer)).split('\n')
      rest = lines.pop() ?? ''
      for (const line of lines) if (line.trim() !== '') yield JSON.parse(line) as Value
    }
    if (rest.trim() !== '') yield JSON.parse(rest) as Value
  } catch (error) {
    if (!signal?.aborted) throw error
  }
}
