import { attribute } from '../testing/attribute.ts'

attribute('network_mode', {
  takes: [
    ['text', 'text'],
    ['"7"', '7'],
    ['""', undefined],
    ['host', 'host'],
    ['"service:b"', 'service:b'],
    ['none', 'none'],
  ],
  refuses: [
    ['null', 'SCHEMA_TYPE'],
    ['7', 'SCHEMA_TYPE'],
    ['1.5', 'SCHEMA_TYPE'],
  ],
})
