import { attribute } from '../testing/attribute.ts'

attribute('stdin_open', {
  takes: [['true', true]],
  refuses: [
    ['null', 'SCHEMA_TYPE'],
    ['text', 'CAST'],
    ['"7"', 'CAST'],
    ['7', 'SCHEMA_TYPE'],
    ['1.5', 'SCHEMA_TYPE'],
    ['""', 'CAST'],
  ],
})
