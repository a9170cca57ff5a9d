import { attribute } from '../testing/attribute.ts'

attribute('group_add', {
  takes: [
    ['[]', undefined],
    ['[x]', ['x']],
    ['[1]', ['1']],
    ['[a, 1]', ['a', '1']],
  ],
  refuses: [
    ['null', 'SCHEMA_TYPE'],
    ['text', 'SCHEMA_TYPE'],
    ['"7"', 'SCHEMA_TYPE'],
  ],
})
