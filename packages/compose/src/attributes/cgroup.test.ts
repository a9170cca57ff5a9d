import { attribute } from '../testing/attribute.ts'

attribute('cgroup', {
  takes: [],
  refuses: [
    ['null', 'SCHEMA_TYPE'],
    ['text', 'SCHEMA_VALUE'],
    ['"7"', 'SCHEMA_VALUE'],
    ['7', 'SCHEMA_TYPE'],
    ['1.5', 'SCHEMA_TYPE'],
    ['""', 'SCHEMA_VALUE'],
  ],
})
