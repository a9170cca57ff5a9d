import { isIP } from 'node:net'
import { checkInteger, checkLinkName, checkString } from './arguments.ts'
import { binding } from './binding.ts'

export interface InetSocketOptions {
  readonly type: 'stream' | 'datagram'
  /** A numeric address of either family. */
  readonly address: string
  /** 0: any free one. */
  readonly port: number
  /** Only what comes in by this link (SO_BINDTODEVICE). */
  readonly device?: string
  /** For `stream`: connections that may wait to be accepted. Default: 511. */
  readonly backlog?: number
}

const bindInet = async (netns: string, options: InetSocketOptions): Promise<number> => {
  const family = isIP(checkString('address', options.address))
  if (family === 0) throw new TypeError(`Expected an IP address for \`address\`, received ${options.address}`)
  const isStream = options.type === 'stream'
  return binding().bindInet(
    netns,
    family === 6,
    isStream,
    options.address,
    checkInteger('port', options.port, 0, 65535),
    options.device === undefined ? '' : checkLinkName('device', options.device),
    isStream ? checkInteger('backlog', options.backlog ?? 511, 1, 65535) : 0,
  )
}

/**
 * A TCP listener or UDP socket that belongs to a network namespace, bound to exactly that address and port (IPv6 only
 * IPv6). Non-blocking; `net.Server.listen({ fd })` and `dgram.Socket.bind({ fd })` take it over.
 *
 * @throws SystemError `EADDRINUSE`, `EADDRNOTAVAIL`, `EACCES`.
 */
export const socketInNetns = (netnsPath: string, options: InetSocketOptions): Promise<number> =>
  bindInet(checkString('netnsPath', netnsPath), options)

/** The same in the namespace that this process runs in. */
export const bindSocket = (options: InetSocketOptions): Promise<number> => bindInet('', options)

/** The port that such a socket is bound to: what the kernel chose for port 0. */
export const localPort = (fd: number): number =>
  binding().localPort(checkInteger('fd', fd, 0, Number.MAX_SAFE_INTEGER))

/**
 * A listening unix socket, as a descriptor to hand on. Unlike a `net.Server`'s, its path stays when it is closed.
 *
 * @throws SystemError `EADDRINUSE` when the path exists, `ENAMETOOLONG` from 108 bytes on.
 */
export const listenUnix = (path: string, backlog = 128): number =>
  binding().listenUnix(checkString('path', path), checkInteger('backlog', backlog, 1, 65535))

/**
 * A connected unix socket as a descriptor, non-blocking; `new net.Socket({ fd, readable: true, writable: true })` takes it over.
 *
 * @throws SystemError `ENOENT`, `ECONNREFUSED`; `EAGAIN` when too many wait to be accepted.
 */
export const connectUnix = (path: string): number => binding().connectUnix(checkString('path', path))

/**
 * Writes a few bytes to a connected unix socket with a descriptor beside them (SCM_RIGHTS). It stays the caller's to close. What
 * a `net.Socket` has not written yet would come after them.
 */
export const sendDescriptor = (socket: number, data: Uint8Array, descriptor: number): void =>
  binding().sendDescriptor(
    checkInteger('socket', socket, 0, Number.MAX_SAFE_INTEGER),
    data,
    checkInteger('descriptor', descriptor, 0, Number.MAX_SAFE_INTEGER),
  )

/** Two connected unix stream sockets (blocking, close-on-exec). */
export const socketPair = (): readonly [number, number] => binding().socketPair()
