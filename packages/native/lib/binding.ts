import { createRequire } from 'node:module'
import { getSystemErrorName } from 'node:util'
import { artifactPath, UserError } from '@container-compose/core'

/** The addon's raw functions: arguments are trusted, so only this package's façade calls them. */
export interface Binding {
  initialize(makeError: (errno: number, syscall: string, detail: string) => Error): void
  createNetns(path: string): Promise<void>
  removeNetns(path: string): Promise<void>
  writeSysctl(netns: string, name: string, value: string): Promise<void>
  openTap(netns: string, name: string, bridge: string, vnetHdr: boolean, mtu: number): Promise<number>
  setUpTap(netns: string, name: string, bridge: string, mtu: number): Promise<void>
  bindInet(
    netns: string,
    isIPv6: boolean,
    isStream: boolean,
    address: string,
    port: number,
    device: string,
    backlog: number,
  ): Promise<number>
  localPort(fd: number): number
  listenUnix(path: string, backlog: number): number
  connectUnix(path: string): number
  sendDescriptor(socket: number, data: Uint8Array, descriptor: number): void
  socketPair(): [number, number]
  rtnetlink(netns: string, requests: Uint8Array, count: number): Promise<Buffer>
  memfd(name: string, size: number): number
  sealMemfd(fd: number): void
  copyData(from: number, to: number): Promise<number>
  tryFlock(path: string): Promise<number | undefined>
  onProcessEnd(callback: (id: number) => void): void
  watchProcess(pid: number): number
  cancelProcessWatch(id: number): boolean
  createForwarder(netns: string): Promise<ForwarderHandle>
  addForward(
    handle: ForwarderHandle,
    fd: number,
    isStream: boolean,
    isIPv6: boolean,
    address: string,
    port: number,
  ): Promise<number>
  removeForward(handle: ForwarderHandle, id: number): Promise<void>
  closeForwarder(handle: ForwarderHandle): Promise<void>
}

/** A pointer of the addon's. */
export interface ForwarderHandle {
  readonly brand: unique symbol
}

/** A system call that failed, in the form of Node's own: `code` is `EADDRINUSE` and the like. */
export class SystemError extends Error {
  override readonly name = 'SystemError'
  readonly code: string
  /** Negative, as Node has it. */
  readonly errno: number
  readonly syscall: string

  constructor(errno: number, syscall: string, detail: string) {
    const code = getSystemErrorName(-errno)
    super(`${code}: ${syscall}${detail === '' ? '' : ` ${detail}`}`)
    this.code = code
    this.errno = -errno
    this.syscall = syscall
  }
}

let loaded: Binding | undefined

/**
 * The addon, loaded at first use: what does not touch the kernel runs without it.
 *
 * @throws UserError `NOT_BUILT` when it was never built, `NATIVE_NOT_LOADED` when this Node.js or this system refuses it.
 */
export const binding = (): Binding => {
  if (loaded !== undefined) return loaded
  const path = artifactPath('native.node')
  let addon: Binding
  try {
    addon = createRequire(import.meta.url)(path)
  } catch (cause) {
    throw new UserError(
      'NATIVE_NOT_LOADED',
      `the native addon ${path} does not load into Node.js ${process.version} on ${process.platform} ${process.arch}`,
      {
        cause,
        hint: 'it was built for another system or C library; build it here: node packages/native/build.mjs',
      },
    )
  }
  addon.initialize((errno, syscall, detail) => new SystemError(errno, syscall, detail))
  loaded = addon
  return addon
}
