import { attribute } from '../testing/attribute.ts'

attribute('shm_size', {
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
  ],
})
