import { attribute } from '../testing/attribute.ts'

attribute('tmpfs', {
  takes: [
    ['text', ['text']],
    ['"7"', ['7']],
    ['[]', undefined],
    ['[x]', ['x']],
    ['""', ['']],
    ['[/x, "/y:size=1"]', ['/x', '/y:size=1']],
  ],
  refuses: [
    ['null', 'SCHEMA_TYPE'],
    ['7', 'SCHEMA_TYPE'],
    ['1.5', 'SCHEMA_TYPE'],
    ['[1]', 'LIST_ITEM'],
  ],
})
