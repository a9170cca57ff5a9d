import { attribute } from '../testing/attribute.ts'

attribute('external_links', {
  takes: [
    ['[]', undefined],
    ['[x]', ['x']],
    ['[x, y]', ['x', 'y']],
  ],
  refuses: [
    ['null', 'SCHEMA_TYPE'],
    ['text', 'SCHEMA_TYPE'],
    ['"7"', 'SCHEMA_TYPE'],
  ],
})
