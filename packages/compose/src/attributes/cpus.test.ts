import { attribute } from '../testing/attribute.ts'

attribute('cpus', {
  takes: [
    ['"7"', 7],
    ['7', 7],
    ['1.5', 1.5],
    ['"0.5"', 0.5],
    ['0.333333', 0.333333],
  ],
  refuses: [
    ['null', 'SCHEMA_TYPE'],
    ['text', 'CAST'],
    ['true', 'SCHEMA_TYPE'],
    ['[]', 'SCHEMA_TYPE'],
    ['""', 'CAST'],
    ['x', 'CAST'],
  ],
})
