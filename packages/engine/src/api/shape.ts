import { badParameter } from './errors.ts'

/** Reads members of a JSON object that a client sent. Absent and null are the zero value, as Go reads them. */
export class Shape {
  readonly #value: Readonly<Record<string, unknown>>
  readonly #path: string

  constructor(value: Readonly<Record<string, unknown>>, path = '') {
    this.#value = value
    this.#path = path
  }

  /** The member as it came. */
  raw(name: string): unknown {
    return this.#value[name] ?? undefined
  }

  everything(): Readonly<Record<string, unknown>> {
    return this.#value
  }

  text(name: string): string {
    const value = this.raw(name)
    return value === undefined ? '' : this.#text(value, name)
  }

  flag(name: string): boolean {
    const value = this.raw(name) ?? false
    if (typeof value !== 'boolean') throw this.#fault(name, 'a boolean')
    return value
  }

  integer(name: string): number {
    const value = this.raw(name) ?? 0
    if (typeof value !== 'number' || !Number.isInteger(value)) throw this.#fault(name, 'an integer')
    return value
  }

  texts(name: string): string[] {
    return this.list(name).map((value) => this.#text(value, name))
  }

  /** A list of strings; one string is a list of one, as Docker's `strslice` reads it; null stays null. */
  command(name: string): string[] | null {
    const value = this.raw(name)
    if (value === undefined) return null
    return typeof value === 'string' ? [value] : this.texts(name)
  }

  list(name: string): unknown[] {
    const value = this.raw(name) ?? []
    if (!Array.isArray(value)) throw this.#fault(name, 'a list')
    return value
  }

  record(name: string): Record<string, unknown> {
    const value = this.raw(name) ?? {}
    if (!isObject(value)) throw this.#fault(name, 'an object')
    return value
  }

  textRecord(name: string): Record<string, string> {
    return Object.fromEntries(
      Object.entries(this.record(name)).map(([key, value]) => [
        key,
        this.#text(value ?? '', `${name}.${key}`),
      ]),
    )
  }

  /** Keys alone count: `{ "80/tcp": {} }`. */
  set(name: string): Record<string, object> {
    return Object.fromEntries(Object.keys(this.record(name)).map((key) => [key, {}]))
  }

  shape(name: string): Shape {
    return new Shape(this.record(name), `${this.#path}${name}.`)
  }

  shapes(name: string): Shape[] {
    return this.list(name).map((value, index) => {
      if (!isObject(value)) throw this.#fault(`${name}[${index}]`, 'an object')
      return new Shape(value, `${this.#path}${name}[${index}].`)
    })
  }

  #text(value: unknown, name: string): string {
    if (typeof value !== 'string') throw this.#fault(name, 'a string')
    // A NUL would end the string for the kernel, and not for us.
    if (value.includes('\0')) throw this.#fault(name, 'a string without NUL')
    return value
  }

  #fault(name: string, expected: string) {
    return badParameter(`invalid JSON: ${this.#path}${name}: expected ${expected}`)
  }
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
