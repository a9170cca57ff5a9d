import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type DocumentFormat, readDocument, writeDocument } from './document.ts'

const format: DocumentFormat<{ name: string }> = {
  version: 1,
  decode: ({ name }) => {
    if (typeof name !== 'string') throw new Error('has no name')
    return { name }
  },
}

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'cc-document-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

const read = (path: string) => {
  const reasons: string[] = []
  const document = readDocument(path, format, (_path, _movedTo, reason) => reasons.push(reason))
  return { document, reasons }
}

test('a document is read as it was written, and no other file is left', () => {
  const path = join(folder, 'a.json')
  writeDocument(path, format, { name: 'a' }, { durable: true })
  writeDocument(path, format, { name: 'b' }, { durable: false })
  expect(read(path)).toEqual({ document: { name: 'b' }, reasons: [] })
  expect(readdirSync(folder)).toEqual(['a.json'])
})

test('a missing document is no fault', () => {
  expect(read(join(folder, 'none.json'))).toEqual({ document: undefined, reasons: [] })
})

test.each([
  ['half written', '{"formatVersion":1,"na', /JSON/],
  ['of another version', '{"formatVersion":2,"name":"a"}', /version 2/],
  ['without what it needs', '{"formatVersion":1}', /has no name/],
  ['not an object', '[]', /not an object/],
])('a document %s is set aside with the reason', (_case, text, reason) => {
  const path = join(folder, 'a.json')
  writeFileSync(path, text)
  const { document, reasons } = read(path)
  expect(document).toBeUndefined()
  expect(reasons).toEqual([expect.stringMatching(reason)])
  expect(readFileSync(`${path}.bad`, 'utf8')).toBe(text)
})
