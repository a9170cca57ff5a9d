import { attribute } from '../testing/attribute.ts'

attribute('pull_policy', {
  takes: [
    ['if_not_present', 'missing'],
    ['every_2h', 'every_2h'],
    ['xalways', 'xalways'],
  ],
  refuses: [
    ['null', 'SCHEMA_TYPE'],
    ['text', 'SCHEMA_PATTERN'],
    ['"7"', 'SCHEMA_PATTERN'],
    ['7', 'SCHEMA_TYPE'],
    ['1.5', 'SCHEMA_TYPE'],
    ['""', 'SCHEMA_PATTERN'],
  ],
})
