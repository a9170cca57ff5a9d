import { attribute } from '../testing/attribute.ts'

attribute('pids_limit', {
  takes: [
    ['"7"', 7],
    ['7', 7],
    ['1.5', 1],
    ['-1', -1],
  ],
  refuses: [
    ['null', 'SCHEMA_TYPE'],
    ['text', 'CAST'],
    ['true', 'SCHEMA_TYPE'],
    ['[]', 'SCHEMA_TYPE'],
    ['""', 'CAST'],
    ['"x"', 'CAST'],
  ],
})
