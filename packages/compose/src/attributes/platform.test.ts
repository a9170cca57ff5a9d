import { attribute } from '../testing/attribute.ts'

attribute('platform', {
  takes: [
    ['text', 'text'],
    ['"7"', '7'],
    ['""', undefined],
    ['linux/amd64', 'linux/amd64'],
  ],
  refuses: [
    ['null', 'SCHEMA_TYPE'],
    ['7', 'SCHEMA_TYPE'],
    ['1.5', 'SCHEMA_TYPE'],
  ],
})
