import { attribute } from '../testing/attribute.ts'

attribute('container_name', {
  takes: [
    ['text', 'text'],
    ['ab', 'ab'],
  ],
  refuses: [
    ['null', 'SCHEMA_TYPE'],
    ['"7"', 'SCHEMA_PATTERN'],
    ['7', 'SCHEMA_TYPE'],
    ['1.5', 'SCHEMA_TYPE'],
    ['""', 'SCHEMA_PATTERN'],
    ['a', 'SCHEMA_PATTERN'],
  ],
})
