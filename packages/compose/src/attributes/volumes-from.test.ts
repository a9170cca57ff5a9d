import { attribute } from '../testing/attribute.ts'

attribute('volumes_from', {
  takes: [['[]', undefined]],
  refuses: [
    ['null', 'SCHEMA_TYPE'],
    ['text', 'SCHEMA_TYPE'],
    ['"7"', 'SCHEMA_TYPE'],
    ['[x]', 'UNDEFINED_DEPENDENCY'],
  ],
})
