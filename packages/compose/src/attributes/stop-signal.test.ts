import { attribute } from '../testing/attribute.ts'

attribute('stop_signal', {
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
