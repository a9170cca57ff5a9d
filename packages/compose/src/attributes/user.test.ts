import { attribute } from '../testing/attribute.ts'

attribute('user', {
  takes: [
    ['text', 'text'],
    ['"7"', '7'],
    ['""', undefined],
    ['"1000"', '1000'],
  ],
  refuses: [
    ['null', 'SCHEMA_TYPE'],
    ['7', 'SCHEMA_TYPE'],
    ['1.5', 'SCHEMA_TYPE'],
  ],
})
