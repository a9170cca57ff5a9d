import { attribute } from '../testing/attribute.ts'

attribute('pre_stop', {
  takes: [['[]', undefined]],
  refuses: [
    ['null', 'SCHEMA_TYPE'],
    ['text', 'SCHEMA_TYPE'],
    ['"7"', 'SCHEMA_TYPE'],
  ],
})
