import { attribute } from '../testing/attribute.ts'

attribute('annotations', {
  takes: [
    ['[]', undefined],
    ['{}', undefined],
    ['[x]', { x: '' }],
    ['{k: v}', { k: 'v' }],
    ['[a=b, c]', { a: 'b', c: '' }],
    ['{a: 1}', { a: '1' }],
  ],
  refuses: [
    ['null', 'SCHEMA_TYPE'],
    ['text', 'SCHEMA_TYPE'],
    ['"7"', 'SCHEMA_TYPE'],
    ['[1]', 'LIST_ITEM'],
  ],
})
