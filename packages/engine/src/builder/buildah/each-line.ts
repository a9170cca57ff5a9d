import { StringDecoder } from 'node:string_decoder'

/** A line may be endless: this many characters of it are taken as a line. */
export const longestLine = 16 * 1024

/**
 * Gives what a program writes to `take`, line by line, without the line's end, and reads no further until it was taken: a program
 * that writes without end is slowed to the pace of whoever reads, and fills no memory. A carriage return ends a line too, as
 * bars of progress are drawn with it.
 */
export const eachLine = async (
  stream: AsyncIterable<Buffer>,
  take: (line: string) => Promise<void> | void,
): Promise<void> => {
  const decoder = new StringDecoder('utf8')
  let rest = ''
  for await (const chunk of stream) {
    // A carriage return at the end may be the first half of a line's end: it waits.
    const lines = (rest + decoder.write(chunk)).split(/\r\n|\n|\r(?!$)/)
    rest = lines.pop() ?? ''
    for (const line of lines) for (const piece of piecesOf(line)) await take(piece)
    for (; rest.length > longestLine; rest = rest.slice(longestLine)) await take(rest.slice(0, longestLine))
  }
  rest = (rest + decoder.end()).replace(/\r$/, '')
  if (rest !== '') await take(rest)
}

const piecesOf = (line: string): string[] => {
  const pieces: string[] = []
  for (let at = 0; at === 0 || at < line.length; at += longestLine)
    pieces.push(line.slice(at, at + longestLine))
  return pieces
}
