import { attribute } from '../testing/attribute.ts'

attribute('labels', {
  takes: [
    ['[]', undefined],
    ['{}', undefined],
    ['[x]', { x: '' }],
    ['{k: v}', { k: 'v' }],
    ['[a, "b=c", "d=e=f"]', { a: '', b: 'c', d: 'e=f' }],
    ['{a: , b: 1, c: true, d: 1.0}', { a: '', b: '1', c: 'true', d: '1' }],
    ['{x-a: b, c: d}', { '#extensions': 'map[x-a:b]', c: 'd' }],
    ['[a=b, a=c]', { a: 'c' }],
  ],
  refuses: [
    ['null', 'SCHEMA_TYPE'],
    ['text', 'SCHEMA_TYPE'],
    ['"7"', 'SCHEMA_TYPE'],
    ['[1]', 'LIST_ITEM'],
  ],
})
