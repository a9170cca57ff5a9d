import type { FileHandle } from 'node:fs/promises'
import { closeAll } from '../qemu/close-all.ts'

/** Descriptors that are ours only until a machine has inherited them. */
export class Held {
  readonly #fds: number[] = []
  readonly #files: FileHandle[] = []

  fd(fd: number): number {
    this.#fds.push(fd)
    return fd
  }

  file(file: FileHandle): FileHandle {
    this.#files.push(file)
    return file
  }

  async close(): Promise<void> {
    await Promise.all([closeAll(this.#fds.splice(0)), ...this.#files.splice(0).map((file) => file.close())])
  }
}
