import { mkdtemp, rm } from 'node:fs/promises'
import { createServer, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type RunningServer, runServer } from './mounted-port.ts'

/** Numbers of linux/fuse.h. */
export const opcode = {
  lookup: 1,
  forget: 2,
  getattr: 3,
  symlink: 6,
  mknod: 8,
  mkdir: 9,
  unlink: 10,
  rename: 12,
  link: 13,
  open: 14,
  read: 15,
  write: 16,
  setxattr: 21,
  getxattr: 22,
  listxattr: 23,
  init: 26,
  readdir: 28,
  interrupt: 36,
  setlk: 32,
  batchForget: 42,
  readdirplus: 44,
  notified: 0x6d700001,
  helloBack: 0x6d700004,
} as const

const headerSize = 40
/** Of a server that begins, in place of an error. */
const hello = 0x6d73

/** A request as /dev/fuse would give it; `length` lies about its size when given. */
export const frame = (
  unique: bigint,
  op: number,
  node: bigint,
  body: Buffer = Buffer.alloc(0),
  length = headerSize + body.length,
): Buffer => {
  const head = Buffer.alloc(headerSize)
  head.writeUInt32LE(length, 0)
  head.writeUInt32LE(op >>> 0, 4)
  head.writeBigUInt64LE(unique, 8)
  head.writeBigUInt64LE(node, 16)
  return Buffer.concat([head, body])
}

export const words32 = (...values: readonly number[]): Buffer => {
  const body = Buffer.alloc(values.length * 4)
  values.forEach((value, i) => {
    body.writeUInt32LE(value >>> 0, i * 4)
  })
  return body
}

export const words64 = (...values: readonly bigint[]): Buffer => {
  const body = Buffer.alloc(values.length * 8)
  values.forEach((value, i) => {
    body.writeBigUInt64LE(BigInt.asUintN(64, value), i * 8)
  })
  return body
}

export const name = (text: string): Buffer => Buffer.from(`${text}\0`)

export interface Answer {
  /** 0 or a negative errno. */
  readonly error: number
  readonly body: Buffer
}

/** The other end of a mount server's socket, without any kernel: says whatever a hostile guest might say. */
export interface RawGuest extends AsyncDisposable {
  readonly server: RunningServer
  readonly dir: string
  /** Sends a request and waits for its answer. */
  ask(op: number, node: bigint, body?: Buffer): Promise<Answer>
  send(bytes: Buffer): void
  /** Resolves when the server has closed the socket. */
  readonly closed: Promise<void>
}

export const rawGuest = async (
  profile: 'plain' | 'locking',
  sources: readonly string[],
  extra: readonly string[] = [],
): Promise<RawGuest> => {
  const dir = await mkdtemp(join(tmpdir(), 'raw-'))
  const listener = createServer()
  const connection = new Promise<Socket>((resolve) => listener.once('connection', resolve))
  await new Promise<void>((resolve) => listener.listen(join(dir, 'sock'), resolve))
  const server = await runServer(dir, profile, sources, extra)
  const socket = await connection
  socket.on('error', () => {})
  const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()))
  const waiting = new Map<bigint, (answer: Answer) => void>()
  let received = Buffer.alloc(0)
  let greeted = () => {}
  const greeting = new Promise<void>((resolve) => {
    greeted = resolve
  })
  socket.on('data', (data) => {
    received = Buffer.concat([received, data])
    while (received.length >= 16 && received.length >= received.readUInt32LE(0)) {
      const length = received.readUInt32LE(0)
      const unique = received.readBigUInt64LE(8)
      if (unique === 0n && received.readInt32LE(4) === hello) {
        socket.write(frame(0n, opcode.helloBack, 0n, received.subarray(16, length)))
        greeted()
      }
      waiting.get(unique)?.({ error: received.readInt32LE(4), body: received.subarray(16, length) })
      waiting.delete(unique)
      received = received.subarray(length)
    }
  })
  // What comes before that is dropped.
  await Promise.race([greeting, closed])
  let last = 1n << 32n
  const guest: RawGuest = {
    server,
    dir,
    closed,
    send: (bytes) => {
      socket.write(bytes)
    },
    ask: (op, node, body) =>
      new Promise((resolve, reject) => {
        last += 2n
        waiting.set(last, resolve)
        void closed.then(() => reject(new Error('the server has closed the socket')))
        socket.write(frame(last, op, node, body))
      }),
    [Symbol.asyncDispose]: async () => {
      socket.destroy()
      await new Promise<void>((resolve) => listener.close(() => resolve()))
      const { attendant } = server
      if (attendant.exitCode === null && attendant.signalCode === null)
        await new Promise((resolve) => attendant.once('exit', resolve))
      await rm(dir, { recursive: true })
    },
  }
  return guest
}

/** Major 7, minor 31, readahead, every flag of the first word but those that lengthen the request. */
export const initBody = words32(7, 31, 1 << 20, 0x3fff_ffff)
