import { attribute } from '../testing/attribute.ts'

attribute('post_start', {
  takes: [
    ['[]', undefined],
    ['[{command: null}]', [{ command: null }]],
  ],
  refuses: [
    ['null', 'SCHEMA_TYPE'],
    ['text', 'SCHEMA_TYPE'],
    ['"7"', 'SCHEMA_TYPE'],
    ['[{user: x}]', 'SCHEMA_MISSING'],
  ],
})
