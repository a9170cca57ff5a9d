import { attribute } from '../testing/attribute.ts'

attribute('tty', {
  takes: [
    ['true', true],
    ['"true"', true],
    ['"no"', undefined],
  ],
  refuses: [
    ['null', 'SCHEMA_TYPE'],
    ['text', 'CAST'],
    ['"7"', 'CAST'],
    ['7', 'SCHEMA_TYPE'],
    ['1.5', 'SCHEMA_TYPE'],
    ['""', 'CAST'],
  ],
})
