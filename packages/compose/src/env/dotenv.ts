import { type Lookup, substitute } from '../interpolate/template.ts'
import { goQuote } from '../tree/go-text.ts'

/** A text that is no env file; the message names the line. */
export class DotenvError extends Error {
  /** From 1. */
  readonly line: number

  constructor(message: string, line: number) {
    super(message)
    this.line = line
  }
}

export interface DotenvOptions {
  /** Variables that win over those of the file when values are expanded. */
  readonly lookup: Lookup
  readonly onUnset: (name: string) => void
}

/**
 * Reads the variables of an env file into `variables`, which may hold those of earlier ones.
 *
 * @throws DotenvError, and what `substitute` throws
 */
export const parseDotenv = (
  text: string,
  variables: Map<string, string>,
  { lookup, onUnset }: DotenvOptions,
): void => {
  const reader = new DotenvReader(text.startsWith('\ufeff') ? text.slice(1) : text)
  const expand = (value: string): string =>
    substitute(value, (name) => lookup(name) ?? variables.get(name), onUnset)
  for (let name = reader.nextName(); name !== undefined; name = reader.nextName()) {
    if (name.inherited) {
      const value = lookup(name.text)
      if (value !== undefined) variables.set(name.text, value)
    } else variables.set(name.text, reader.value(expand))
  }
}

const space = /[\t\v\f\r \x85\xa0]/
const anySpace = /[\s\x85]/
const trailingSpace = /[\s\x85]+$/

class DotenvReader {
  #rest: string
  #line = 1

  constructor(text: string) {
    this.#rest = text
  }

  /** The next variable's name; `inherited` when no value follows. */
  nextName(): { readonly text: string; readonly inherited: boolean } | undefined {
    this.#skipToStatement()
    if (this.#rest === '') return undefined
    const exported = /^export\s+/.exec(this.#rest)
    if (exported !== null) this.#rest = trimSpace(this.#rest.slice('export'.length))
    let end = 0
    let inherited = false
    let name: string | undefined
    for (const character of this.#rest) {
      if (character === '=' || character === ':' || character === '\n') {
        name = this.#rest.slice(0, end)
        inherited = character === '\n'
        end += 1
        break
      }
      if (!space.test(character) && !/[_.\-[\]\p{L}\p{N}]/u.test(character))
        throw new DotenvError(
          `line ${this.#line}: unexpected character ${goQuote(character)} in variable name ${goQuote(this.#rest.split('\n', 1)[0] as string)}`,
          this.#line,
        )
      end += character.length
    }
    if (this.#rest === '') throw new DotenvError('zero length string', this.#line)
    if (name === undefined) {
      // The end of the text ends a name as nothing else does: there is a value, an empty one, of a variable without name.
      name = ''
      end = 0
    }
    if (inherited && !name.includes(' ')) this.#line += 1
    const text = name.replace(trailingSpace, '')
    this.#rest = trimSpace(this.#rest.slice(end))
    if (text.includes(' '))
      throw new DotenvError(`line ${this.#line}: key cannot contain a space`, this.#line)
    return { text, inherited }
  }

  value(expand: (value: string) => string): string {
    const quote = this.#rest.charAt(0)
    if (quote !== '"' && quote !== "'") {
      const end = this.#rest.indexOf('\n')
      const line = end < 0 ? this.#rest : this.#rest.slice(0, end)
      this.#rest = end < 0 ? '' : this.#rest.slice(end + 1)
      this.#line += 1
      return expand((line.split(' #', 1)[0] as string).replace(trailingSpace, ''))
    }
    const value = this.#quoted(quote)
    return quote === '"' ? expand(expandEscapes(value)) : value
  }

  /** Up to the closing quote, which a backslash escapes in both kinds. */
  #quoted(quote: string): string {
    let value = ''
    let escaped = false
    for (let at = 1; at < this.#rest.length; at += 1) {
      const character = this.#rest.charAt(at)
      if (character === '\n') this.#line += 1
      if (character === quote) {
        if (!escaped) {
          this.#rest = this.#rest.slice(at + 1)
          return value
        }
        escaped = false
        value += character
      } else if (!escaped && character === '\\') escaped = true
      else {
        if (escaped) value += '\\'
        escaped = false
        value += character
      }
    }
    const shown = this.#rest.split('\n', 1)[0]
    throw new DotenvError(`line ${this.#line}: unterminated quoted value ${shown}`, this.#line)
  }

  #skipToStatement(): void {
    let at = 0
    for (; at < this.#rest.length; at += 1) {
      const character = this.#rest.charAt(at)
      if (character === '\n') this.#line += 1
      else if (character === '#') {
        const end = this.#rest.indexOf('\n', at)
        if (end < 0) {
          at = this.#rest.length
          break
        }
        at = end - 1
      } else if (!anySpace.test(character)) break
    }
    this.#rest = this.#rest.slice(at)
  }
}

const trimSpace = (text: string): string => {
  let at = 0
  while (at < text.length && space.test(text.charAt(at))) at += 1
  return text.slice(at)
}

const escapes: Readonly<Record<string, string>> = {
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  '"': '"',
  '\\': '\\',
  // What a dollar sign is for the expansion that follows.
  $: '$$',
}

const expandEscapes = (text: string): string =>
  text.replace(/\\(?:([abcfnrtv$"\\])|0(\d{0,3}))/g, (match, letter?: string, octal?: string) => {
    if (letter !== undefined) return escapes[letter] ?? match
    return octal !== undefined && /^[0-3][0-7]{2}$/.test(octal)
      ? String.fromCharCode(Number.parseInt(octal, 8))
      : match
  })
