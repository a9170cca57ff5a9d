import { resolvePlain } from '../parse/resolve-scalar.ts'

const oldBooleans = new Set('y Y yes Yes YES on On ON n N no No NO off Off OFF'.split(' '))
const base60 = /^[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?$/
/** What yaml.v3 won't let stand in a text as it is: characters beyond 16 bits are among it. */
const unprintable = /[^\n\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd]/
const simple = /^[A-Za-z_/][\w./-]*$/

/**
 * A text as a YAML scalar, in the style that Go's yaml.v3 chooses: plain where it is read back as the same text, else quoted.
 * `indent` is that of further lines; undefined where there can't be any, as in keys.
 */
export const yamlText = (text: string, indent?: string): string => {
  if (simple.test(text) && text.length > 5) return text
  const isMultiline = text.includes('\n')
  if (isMultiline)
    return indent !== undefined && canBeBlock(text) ? blockText(text, indent) : doubleQuoted(text)
  if (text === '<<') return text
  const isText = resolvePlain(text).tag === '!!str'
  if (!isText || oldBooleans.has(text) || base60.test(text)) return doubleQuoted(text)
  if (unprintable.test(text)) return doubleQuoted(text)
  return canBePlain(text) ? text : `'${text.replaceAll("'", "''")}'`
}

const canBePlain = (text: string): boolean =>
  !/^[ #,[\]{}&*!|>'"%@`]|^[?:-](?: |$)|: |:$| #| $|^(?:---|\.\.\.)/.test(text)

const canBeBlock = (text: string): boolean =>
  !/ $| \n/.test(text) && !unprintable.test(text.replaceAll('\t', ''))

const blockText = (text: string, indent: string): string => {
  const hint = /^[ \n]/.test(text) ? '2' : ''
  const chomping = !text.endsWith('\n') ? '-' : /\n\n$|^\n$/.test(text) ? '+' : ''
  const body = (text.endsWith('\n') ? text.slice(0, -1) : text)
    .split('\n')
    .map((line) => (line === '' ? '' : indent + line))
    .join('\n')
  return `|${hint}${chomping}\n${body}`
}

const escapes: Readonly<Record<string, string>> = {
  '\0': '\\0',
  '\x07': '\\a',
  '\b': '\\b',
  '\t': '\\t',
  '\n': '\\n',
  '\v': '\\v',
  '\f': '\\f',
  '\r': '\\r',
  '\x1b': '\\e',
  '"': '\\"',
  '\\': '\\\\',
  '\x85': '\\N',
  '\u2028': '\\L',
  '\u2029': '\\P',
}

const harmless = /^[ !#-[\]-~]*$/

const doubleQuoted = (text: string): string => {
  if (harmless.test(text)) return `"${text}"`
  // yaml.v3 looks for a byte order mark at the beginning of the text when it asks for one at the character.
  const isMarked = text.startsWith('\ufeff')
  let quoted = '"'
  for (const character of text) {
    const known = escapes[character]
    if (known !== undefined) quoted += known
    else if (isMarked || unprintable.test(character)) quoted += escaped(character.codePointAt(0) as number)
    else quoted += character
  }
  return `${quoted}"`
}

const escaped = (code: number): string => {
  const digits = code.toString(16).toUpperCase()
  if (code <= 0xff) return `\\x${digits.padStart(2, '0')}`
  return code <= 0xffff ? `\\u${digits.padStart(4, '0')}` : `\\U${digits.padStart(8, '0')}`
}
