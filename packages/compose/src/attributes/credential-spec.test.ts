import { attribute } from '../testing/attribute.ts'

attribute('credential_spec', {
  takes: [
    ['{}', {}],
    ['{file: f}', { file: 'f' }],
    ['{config: c, registry: r, file: f}', { config: 'c', file: 'f', registry: 'r' }],
  ],
  refuses: [
    ['null', 'SCHEMA_TYPE'],
    ['text', 'SCHEMA_TYPE'],
    ['"7"', 'SCHEMA_TYPE'],
    ['{k: v}', 'UNKNOWN_KEY'],
  ],
})
