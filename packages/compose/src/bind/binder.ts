import type { Path } from '../locations.ts'
import { goType } from '../tree/go-text.ts'
import type { Value } from '../tree/value.ts'

/** Makes a value of the model; undefined when there is nothing to print. Null is nothing, too. */
export interface Shape<T = unknown> {
  (value: Value, binder: Binder): T | undefined
  /** What stands for a value that isn't there, when that is printed. */
  readonly nothing?: () => unknown
}

/** Hears what is wrong with a value, and what is only to be warned of; `path` is the hearer's to keep. */
export interface BindListener {
  fault(path: Path, message: string): void
  warn?(path: Path, message: string): void
}

/** Knows where in the tree binding is, to name faults as the reference does: `'services[web].ports[0].mode'`. */
export class Binder {
  readonly #path: (string | number)[] = []
  readonly #labels: string[] = []
  readonly #listener: BindListener

  constructor(listener: BindListener) {
    this.#listener = listener
  }

  /** A member of a struct; `label` is what messages call it. */
  field<T>(name: string, value: Value, shape: Shape<T>, label = name): T | undefined {
    return this.#below(name, this.#path.length === 0 ? label : `.${label}`, value, shape)
  }

  /** An entry of a mapping with keys of the user's, or an item of a list. */
  entry<T>(key: string | number, value: Value, shape: Shape<T>): T | undefined {
    return this.#below(key, `[${key}]`, value, shape)
  }

  #below<T>(part: string | number, label: string, value: Value, shape: Shape<T>): T | undefined {
    this.#path.push(part)
    this.#labels.push(label)
    const made = shape(value, this)
    this.#path.pop()
    this.#labels.pop()
    return made
  }

  fault(problem: string): undefined {
    this.#listener.fault([...this.#path], `'${this.#labels.join('')}' ${problem}`)
    return undefined
  }

  wrongType(expected: string, value: Value): undefined {
    return this.fault(`expected type '${expected}', got unconvertible type '${goType(value)}'`)
  }

  warn(message: string): void {
    this.#listener.warn?.([...this.#path], message)
  }
}

/** Faults of one binding as the reference tells them, in one message. */
export const decodingFailed = (problems: readonly string[]): string =>
  `decoding failed due to the following error(s):\n\n${problems.join('\n')}`
