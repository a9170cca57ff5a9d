import { badParameter } from './errors.ts'

/**
 * Reads a sequence such as `ctrl-p,ctrl-q` into the bytes that a terminal sends for it.
 *
 * @throws ApiError 400
 */
export const parseDetachKeys = (text: string): Buffer => {
  const keys = (text || 'ctrl-p,ctrl-q').split(',').map((key) => {
    if (key.length === 1) return key.charCodeAt(0)
    const [, letter] = /^ctrl-([a-z@[\\\]^_])$/i.exec(key) ?? []
    if (letter === undefined) throw badParameter(`Invalid detach keys (${text}) provided`)
    return letter.toUpperCase().charCodeAt(0) - 64
  })
  return Buffer.from(keys)
}

/** Looks for the sequence in what a person types, also when it comes in pieces. */
export class DetachDetector {
  readonly #keys: Buffer
  #matched = 0

  constructor(keys: Buffer) {
    this.#keys = keys
  }

  /** What is to be passed on; `detached` when the sequence is complete. A beginning is held back until it is clear. */
  push(data: Buffer): { readonly pass: Buffer; readonly detached: boolean } {
    const pass: number[] = []
    for (const byte of data) {
      if (byte !== this.#keys[this.#matched]) {
        pass.push(...this.#keys.subarray(0, this.#matched))
        this.#matched = 0
      }
      if (byte !== this.#keys[this.#matched]) {
        pass.push(byte)
        continue
      }
      this.#matched++
      if (this.#matched === this.#keys.length) return { pass: Buffer.from(pass), detached: true }
    }
    return { pass: Buffer.from(pass), detached: false }
  }
}
