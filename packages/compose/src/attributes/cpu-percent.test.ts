import { attribute } from '../testing/attribute.ts'

attribute('cpu_percent', {
  takes: [
    ['"7"', 7],
    ['7', 7],
  ],
  refuses: [
    ['null', 'SCHEMA_TYPE'],
    ['text', 'CAST'],
    ['1.5', 'SCHEMA_TYPE'],
    ['true', 'SCHEMA_TYPE'],
    ['""', 'CAST'],
  ],
})
