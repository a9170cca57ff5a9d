import type { Report } from '../report.ts'
import { locatePath } from '../tree/locate.ts'
import { atItem, atKey, type Table } from '../tree/patterns.ts'
import { Dict, isList, type Value } from '../tree/value.ts'
import { type Cast, casts } from './casts.ts'
import { InvalidTemplate, type Lookup, MissingVariable, substitute } from './template.ts'

/**
 * Replaces the variables in all values of a document, in place, and turns texts into numbers and booleans where the
 * specification wants these. Keys are left alone. Faults go to the report; a faulty value stays as it was.
 */
export const interpolate = (root: Dict, lookup: Lookup, report: Report): void => {
  new Interpolation(root, lookup, report).dict(root, casts)
}

class Interpolation {
  readonly #root: Dict
  readonly #lookup: Lookup
  readonly #report: Report
  readonly #path: (string | number)[] = []

  constructor(root: Dict, lookup: Lookup, report: Report) {
    this.#root = root
    this.#lookup = lookup
    this.#report = report
  }

  dict(value: Dict, here: Table<Cast> | undefined): void {
    for (const [key, entry] of value) {
      if (!needsWork(entry)) continue
      this.#path.push(key)
      const changed = this.#value(entry, atKey(here, key))
      if (changed !== entry) value.set(key, changed)
      this.#path.pop()
    }
  }

  #value(value: Value, here: Table<Cast> | undefined): Value {
    if (typeof value === 'string') return this.#text(value, here?.row)
    if (value instanceof Dict) this.dict(value, here)
    else if (isList(value)) {
      const below = atItem(here)
      for (const [index, item] of value.entries()) {
        if (!needsWork(item)) continue
        this.#path.push(index)
        value[index] = this.#value(item, below)
        this.#path.pop()
      }
    }
    return value
  }

  #text(text: string, cast: Cast | undefined): Value {
    const replaced = text.includes('$') ? this.#substitute(text) : text
    if (cast === undefined || replaced === undefined) return replaced ?? text
    const result = cast(replaced, (message) =>
      this.#report.warn('OLD_BOOLEAN', message, locatePath(this.#root, this.#path)),
    )
    if ('value' in result) return result.value
    this.#fault(
      'CAST',
      `error while interpolating ${this.#dottedPath()}: failed to cast to expected type: ${result.problem}`,
    )
    return text
  }

  #substitute(text: string): string | undefined {
    try {
      return substitute(text, this.#lookup, (name) =>
        this.#report.warn('UNSET_VARIABLE', unsetVariable(name), locatePath(this.#root, this.#path)),
      )
    } catch (error) {
      const path = this.#dottedPath()
      if (error instanceof InvalidTemplate)
        this.#fault('INTERPOLATION', invalidTemplate(path, error.template), 'write $$ for a dollar sign')
      else if (error instanceof MissingVariable)
        this.#fault('REQUIRED_VARIABLE', `error while interpolating ${path}: ${error.message}`)
      else throw error
      return undefined
    }
  }

  #dottedPath(): string {
    return this.#path.map((part) => (typeof part === 'number' ? '[]' : part)).join('.')
  }

  #fault(code: string, message: string, hint?: string): void {
    this.#report.faultAt(this.#root, this.#path, code, message, { hint })
  }
}

const needsWork = (value: Value): boolean =>
  typeof value === 'string' || value instanceof Dict || Array.isArray(value)

export const unsetVariable = (name: string): string =>
  `The ${JSON.stringify(name)} variable is not set. Defaulting to a blank string.`

export const invalidTemplate = (path: string, template: string): string =>
  `invalid interpolation format for ${path}.\nYou may need to escape any $ with another $.\n${template}`
