import { attribute } from '../testing/attribute.ts'

attribute('links', {
  takes: [['[]', undefined]],
  refuses: [
    ['null', 'SCHEMA_TYPE'],
    ['text', 'SCHEMA_TYPE'],
    ['"7"', 'SCHEMA_TYPE'],
    ['[x]', 'UNDEFINED_DEPENDENCY'],
    ['[1]', 'LIST_ITEM'],
    ['["b:c", d]', 'UNDEFINED_DEPENDENCY'],
  ],
})
