import { attribute } from '../testing/attribute.ts'

attribute('attach', {
  takes: [
    ['true', true],
    ['false', false],
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
