import { attribute } from '../testing/attribute.ts'

attribute('cpuset', {
  takes: [
    ['text', 'text'],
    ['"7"', '7'],
    ['""', undefined],
  ],
  refuses: [
    ['null', 'SCHEMA_TYPE'],
    ['7', 'SCHEMA_TYPE'],
    ['1.5', 'SCHEMA_TYPE'],
  ],
})
