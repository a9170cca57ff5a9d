import { spawn } from 'node:child_process'
import { Readable } from 'node:stream'
import { createGunzip } from 'node:zlib'
import { badParameter } from '../../api/errors.ts'

const formats: readonly { readonly magic: Buffer; readonly program: string }[] = [
  { magic: Buffer.from('28b52ffd', 'hex'), program: 'zstd' },
  { magic: Buffer.from('fd377a585a00', 'hex'), program: 'xz' },
  { magic: Buffer.from('425a68', 'hex'), program: 'bzip2' },
]
const gzip = Buffer.from('1f8b08', 'hex')
const longestMagic = 6

/** The stream itself, or what gzip, zstd, xz or bzip2 packed in it; told apart by its first bytes, as Docker does. */
export async function* decompressed(source: AsyncIterable<Buffer>): AsyncGenerator<Buffer, void, undefined> {
  const chunks = source[Symbol.asyncIterator]()
  let head: Buffer = Buffer.alloc(0)
  while (head.length < longestMagic) {
    const next = await chunks.next()
    if (next.done === true) break
    head = Buffer.concat([head, next.value])
  }
  const whole = async function* () {
    if (head.length > 0) yield head
    for (let next = await chunks.next(); next.done !== true; next = await chunks.next()) yield next.value
  }
  const asStream = () => Readable.from(whole(), { objectMode: false, highWaterMark: 1024 * 1024 })
  const format = formats.find(({ magic }) => head.subarray(0, magic.length).equals(magic))
  if (format !== undefined) yield* throughProgram(format.program, asStream())
  else if (head.subarray(0, gzip.length).equals(gzip)) yield* throughGunzip(asStream())
  else yield* whole()
}

async function* throughGunzip(input: Readable): AsyncGenerator<Buffer, void, undefined> {
  const unzip = createGunzip({ chunkSize: 256 * 1024 })
  input.once('error', (error) => unzip.destroy(error))
  try {
    yield* input.pipe(unzip)
  } catch (error) {
    // zlib names its own faults so; what the input threw stays what it is.
    if (!String((error as NodeJS.ErrnoException).code).startsWith('Z_')) throw error
    throw badParameter(`the archive can't be unpacked: ${(error as Error).message}`)
  } finally {
    input.destroy()
  }
}

async function* throughProgram(program: string, input: Readable): AsyncGenerator<Buffer, void, undefined> {
  const child = spawn(program, ['-dc'], { stdio: ['pipe', 'pipe', 'pipe'] })
  let complaint = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    complaint = `${complaint}${text}`.slice(-1000)
  })
  const ended = new Promise<void>((resolve, reject) => {
    child.once('error', (cause) => {
      const missing = (cause as NodeJS.ErrnoException).code === 'ENOENT'
      reject(missing ? badParameter(`the archive is packed with ${program}, which is not installed`) : cause)
    })
    child.once('close', (code) => {
      if (code === 0) resolve()
      else reject(badParameter(`the archive can't be unpacked: ${complaint.trim() || `${program} failed`}`))
    })
  })
  ended.catch(() => undefined)
  // The program may stop reading early; how it ended is what counts.
  child.stdin.once('error', () => undefined)
  input.once('error', () => child.kill())
  input.pipe(child.stdin)
  try {
    yield* child.stdout
    await ended
  } finally {
    input.destroy()
    if (child.exitCode === null) child.kill()
  }
}
