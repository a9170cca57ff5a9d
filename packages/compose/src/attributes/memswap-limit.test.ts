import { attribute } from '../testing/attribute.ts'

attribute('memswap_limit', {
  takes: [
    ['"7"', '7'],
    ['7', '7'],
    ['1.5', undefined],
  ],
  refuses: [
    ['null', 'SCHEMA_TYPE'],
    ['text', 'DECODE'],
    ['true', 'SCHEMA_TYPE'],
    ['[]', 'SCHEMA_TYPE'],
    ['""', 'DECODE'],
    ['"-1"', 'DECODE'],
  ],
})
