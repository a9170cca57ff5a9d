import { attribute } from '../testing/attribute.ts'

attribute('pid', {
  takes: [
    ['null', undefined],
    ['text', 'text'],
    ['"7"', '7'],
    ['""', undefined],
  ],
  refuses: [
    ['7', 'SCHEMA_TYPE'],
    ['1.5', 'SCHEMA_TYPE'],
    ['true', 'SCHEMA_TYPE'],
  ],
})
