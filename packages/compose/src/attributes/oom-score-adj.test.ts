import { attribute } from '../testing/attribute.ts'

attribute('oom_score_adj', {
  takes: [
    ['"7"', 7],
    ['7', 7],
    ['"5"', 5],
  ],
  refuses: [
    ['null', 'SCHEMA_TYPE'],
    ['text', 'CAST'],
    ['1.5', 'SCHEMA_TYPE'],
    ['true', 'SCHEMA_TYPE'],
    ['""', 'CAST'],
  ],
})
