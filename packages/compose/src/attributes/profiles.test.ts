import { attribute } from '../testing/attribute.ts'

attribute('profiles', {
  takes: [
    ['[]', undefined],
    ['[x]', ['x']],
    ['[a, a]', ['a']],
    ['[""]', ['']],
  ],
  refuses: [
    ['null', 'SCHEMA_TYPE'],
    ['text', 'SCHEMA_TYPE'],
    ['"7"', 'SCHEMA_TYPE'],
    ['[1]', 'LIST_ITEM'],
  ],
})
