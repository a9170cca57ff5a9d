import { expect, test } from 'vitest'
import { booleanFilter, fitsLabels, fitsName, fitsOne, parseFilters } from './filters.ts'

const status = (error: unknown) => (error as { status: number }).status
const faultOf = (run: () => unknown) => {
  try {
    run()
  } catch (error) {
    return status(error)
  }
}

test('the map form and the list form mean the same', () => {
  const wanted = new Map([['label', ['a=b', 'c']]])
  expect(parseFilters('{"label":{"a=b":true,"c":true,"d":false}}', ['label'])).toEqual(wanted)
  expect(parseFilters('{"label":["a=b","c"]}', ['label'])).toEqual(wanted)
  expect(parseFilters(null, [])).toEqual(new Map())
})

test('unknown names and other forms are bad parameters', () => {
  expect(faultOf(() => parseFilters('{"nope":["a"]}', ['label']))).toBe(400)
  expect(faultOf(() => parseFilters('{', []))).toBe(400)
  expect(faultOf(() => parseFilters('[]', []))).toBe(400)
  expect(faultOf(() => parseFilters('{"label":"a"}', ['label']))).toBe(400)
})

test('every label must be there, and a bare key asks for presence', () => {
  const labels = { a: 'b', c: '' }
  expect(fitsLabels(new Map([['label', ['a=b', 'c']]]), labels)).toBe(true)
  expect(fitsLabels(new Map([['label', ['a=b', 'd']]]), labels)).toBe(false)
  expect(fitsLabels(new Map([['label', ['a=']]]), labels)).toBe(false)
  expect(fitsLabels(new Map([['label', ['toString']]]), labels)).toBe(false)
  expect(fitsLabels(new Map([['label!', ['a']]]), labels)).toBe(false)
})

test('of other filters one value is enough, and an absent one fits all', () => {
  const filters = new Map([['status', ['exited', 'dead']]])
  expect(fitsOne(filters, 'status', (value) => value === 'dead')).toBe(true)
  expect(fitsOne(filters, 'status', (value) => value === 'running')).toBe(false)
  expect(fitsOne(filters, 'id', () => false)).toBe(true)
})

test('names are found anywhere unless anchored', () => {
  expect(fitsName('web', '/demo-web-1')).toBe(true)
  expect(fitsName('^/demo-web-1$', '/demo-web-1')).toBe(true)
  expect(fitsName('^web', '/demo-web-1')).toBe(false)
  expect(fitsName('we.*1', '/demo-web-1')).toBe(true)
  expect(fitsName('(', '/demo-web-1')).toBe(false)
})

test('a boolean filter has one value', () => {
  expect(booleanFilter(new Map([['dangling', ['true']]]), 'dangling')).toBe(true)
  expect(booleanFilter(new Map(), 'dangling')).toBeUndefined()
  expect(faultOf(() => booleanFilter(new Map([['dangling', ['maybe']]]), 'dangling'))).toBe(400)
})
