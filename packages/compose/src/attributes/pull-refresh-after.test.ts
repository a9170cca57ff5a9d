import { attribute } from '../testing/attribute.ts'

attribute('pull_refresh_after', {
  takes: [
    ['text', undefined],
    ['"7"', undefined],
    ['""', undefined],
  ],
  refuses: [
    ['null', 'SCHEMA_TYPE'],
    ['7', 'SCHEMA_TYPE'],
    ['1.5', 'SCHEMA_TYPE'],
  ],
})
