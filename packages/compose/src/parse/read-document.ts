import { isUtf8 } from 'node:buffer'
import type { SourceLocation } from '@container-compose/core'
import { findDisallowed } from './characters.ts'
import type { YamlNode } from './node.ts'
import { Parser } from './parser.ts'
import { Source } from './source.ts'
import { YamlError } from './yaml-error.ts'

export interface SyntaxFault {
  /** In yaml.v3's words. */
  readonly message: string
  readonly at: SourceLocation | undefined
  readonly hint: string | undefined
}

export interface ParsedFile {
  readonly source: Source
  readonly documents: readonly YamlNode[]
  /** What ended the reading; the documents before it are there. */
  readonly fault: SyntaxFault | undefined
}

/** Reads the documents of a file. A text that is no YAML gives a fault, not an exception. */
export const parseFile = (file: string, content: Uint8Array): ParsedFile => {
  const source = new Source(file, decodeText(content))
  const documents: YamlNode[] = []
  const failed = (message: string, offset?: number): ParsedFile => ({
    source,
    documents,
    fault: {
      message,
      at: offset === undefined ? undefined : source.locate(offset),
      hint:
        offset !== undefined && isIndentedByTab(source, offset)
          ? 'indent with spaces: YAML takes no tabs there'
          : undefined,
    },
  })
  if (!isUtf16(content) && !isUtf8(content)) return failed(...invalidUtf8(content, source))
  const disallowed = findDisallowed(source.text)
  if (disallowed >= 0) return failed('yaml: control characters are not allowed', disallowed)
  const parser = new Parser(source)
  try {
    for (let root = parser.nextDocument(); root !== undefined; root = parser.nextDocument())
      documents.push(root)
    return { source, documents, fault: undefined }
  } catch (error) {
    if (error instanceof YamlError) return failed(error.message, error.offset)
    if (error instanceof RangeError) return failed('yaml: exceeded max depth of 10000')
    throw error
  }
}

/** Whether there is a tab before the text of the line, or of the one before, whose fault may show only here. */
const isIndentedByTab = (source: Source, offset: number): boolean => {
  const before = source.text.lastIndexOf('\n', Math.max(0, offset - 1))
  const earlier = source.text.lastIndexOf('\n', Math.max(0, before - 1))
  const end = source.text.indexOf('\n', offset)
  return /^ *\t/m.test(source.text.slice(earlier + 1, end < 0 ? undefined : end))
}

const isUtf16 = ([first, second]: Uint8Array): boolean =>
  (first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff)

const decodeText = (content: Uint8Array): string => {
  if (!isUtf16(content)) return new TextDecoder('utf-8', { ignoreBOM: false }).decode(content)
  const swapped = content[0] === 0xfe ? Buffer.from(content).swap16() : content
  return new TextDecoder('utf-16le').decode(swapped)
}

/** Names the first bytes that are no UTF-8 as libyaml does. */
const invalidUtf8 = (content: Uint8Array, source: Source): [message: string, offset: number] => {
  const offset = Math.max(0, source.text.indexOf('\ufffd'))
  const at = Buffer.byteLength(source.text.slice(0, offset))
  const lead = content[at] ?? 0
  const length = lead >= 0xf0 && lead < 0xf8 ? 4 : lead >= 0xe0 && lead < 0xf0 ? 3 : lead >= 0xc0 ? 2 : 0
  if (length === 0 || lead >= 0xf8) return ['yaml: invalid leading UTF-8 octet', offset]
  if (at + length > content.length) return ['yaml: incomplete UTF-8 octet sequence', offset]
  const trailing = content.subarray(at + 1, at + length)
  if (trailing.some((octet) => (octet & 0xc0) !== 0x80)) return ['yaml: invalid trailing UTF-8 octet', offset]
  return ['yaml: invalid length of a UTF-8 sequence', offset]
}
