import { attribute } from '../testing/attribute.ts'

attribute('sysctls', {
  takes: [
    ['[]', undefined],
    ['{}', undefined],
    ['[x]', { x: '' }],
    ['{k: v}', { k: 'v' }],
    ['{a.b: 1, c: "2"}', { 'a.b': '1', c: '2' }],
    ['[a=1, b]', { a: '1', b: '' }],
  ],
  refuses: [
    ['null', 'SCHEMA_TYPE'],
    ['text', 'SCHEMA_TYPE'],
    ['"7"', 'SCHEMA_TYPE'],
    ['[1]', 'LIST_ITEM'],
  ],
})
