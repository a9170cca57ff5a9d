import { attribute } from '../testing/attribute.ts'

attribute('stop_grace_period', {
  takes: [
    ['1m', '1m0s'],
    ['"0"', '0s'],
  ],
  refuses: [
    ['null', 'SCHEMA_TYPE'],
    ['text', 'DECODE'],
    ['"7"', 'DECODE'],
    ['7', 'SCHEMA_TYPE'],
    ['1.5', 'SCHEMA_TYPE'],
    ['""', 'DECODE'],
  ],
})
