import { attribute } from '../testing/attribute.ts'

attribute('cpu_shares', {
  takes: [
    ['"7"', 7],
    ['7', 7],
    ['1.5', 1],
  ],
  refuses: [
    ['null', 'SCHEMA_TYPE'],
    ['text', 'CAST'],
    ['true', 'SCHEMA_TYPE'],
    ['[]', 'SCHEMA_TYPE'],
    ['""', 'CAST'],
  ],
})
