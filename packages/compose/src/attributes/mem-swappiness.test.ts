import { attribute } from '../testing/attribute.ts'

attribute('mem_swappiness', {
  takes: [
    ['"7"', '7'],
    ['7', '7'],
  ],
  refuses: [
    ['null', 'SCHEMA_TYPE'],
    ['text', 'DECODE'],
    ['1.5', 'SCHEMA_TYPE'],
    ['true', 'SCHEMA_TYPE'],
    ['""', 'DECODE'],
  ],
})
