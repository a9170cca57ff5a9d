import { attribute } from '../testing/attribute.ts'

attribute('uts', {
  takes: [
    ['text', 'text'],
    ['"7"', '7'],
    ['""', undefined],
    ['host', 'host'],
  ],
  refuses: [
    ['null', 'SCHEMA_TYPE'],
    ['7', 'SCHEMA_TYPE'],
    ['1.5', 'SCHEMA_TYPE'],
  ],
})
