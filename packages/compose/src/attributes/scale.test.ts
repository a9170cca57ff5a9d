import { attribute } from '../testing/attribute.ts'

attribute('scale', {
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
    ['-2', 'SCALE'],
  ],
})
