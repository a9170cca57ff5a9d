import type { Path } from '../locations.ts'
import { goType } from '../tree/go-text.ts'
import type { Value } from '../tree/value.ts'

/** Makes a value of the model; undefined when there is nothing to print. Null is nothing, too. */
export interface Shape<T = unknown> {
  (value: Value, binder: Binder): T | undefined
  /** What stands for a value that isn't there, when that is printed. */
  readonly nothing?: () => unknown
}

/** Knows where in the tree binding is, to name faults as the reference does: `services[web].ports[0].mode`. */
export class Binder {
  readonly #path: (string | number)[] = []
  readonly #isField: boolean[] = []
  readonly #onFault: (path: Path, message: string) => void

  constructor(onFault: (path: Path, message: string) => void) {
    this.#onFault = onFault
  }

  field<T>(name: string, value: Value, shape: Shape<T>): T | undefined {
    return this.#below(name, true, value, shape)
  }

  /** An entry of a mapping with keys of the user's, or an item of a list. */
  entry<T>(key: string | number, value: Value, shape: Shape<T>): T | undefined {
    return this.#below(key, false, value, shape)
  }

  #below<T>(part: string | number, isField: boolean, value: Value, shape: Shape<T>): T | undefined {
    this.#path.push(part)
    this.#isField.push(isField)
    const made = shape(value, this)
    this.#path.pop()
    this.#isField.pop()
    return made
  }

  fault(problem: string): undefined {
    const name = this.#path
      .map((part, index) => (this.#isField[index] ? `${index === 0 ? '' : '.'}${part}` : `[${part}]`))
      .join('')
    this.#onFault([...this.#path], `decoding failed due to the following error(s):\n\n'${name}' ${problem}`)
    return undefined
  }

  wrongType(expected: string, value: Value): undefined {
    return this.fault(`expected type '${expected}', got unconvertible type '${goType(value)}'`)
  }
}
