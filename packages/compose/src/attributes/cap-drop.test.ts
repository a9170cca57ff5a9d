import { attribute } from '../testing/attribute.ts'

attribute('cap_drop', {
  takes: [
    ['[]', undefined],
    ['[x]', ['x']],
  ],
  refuses: [
    ['null', 'SCHEMA_TYPE'],
    ['text', 'SCHEMA_TYPE'],
    ['"7"', 'SCHEMA_TYPE'],
    ['[1]', 'LIST_ITEM'],
  ],
})
