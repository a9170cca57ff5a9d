import { attribute } from '../testing/attribute.ts'

attribute('configs', {
  takes: [
    ['[]', undefined],
    ['[c, {source: c2, target: /t}]', [{ source: 'c' }, { source: 'c2', target: '/t' }]],
  ],
  refuses: [
    ['null', 'SCHEMA_TYPE'],
    ['text', 'SCHEMA_TYPE'],
    ['"7"', 'SCHEMA_TYPE'],
    ['[x]', 'UNDEFINED_CONFIG'],
    ['[1]', 'LIST_ITEM'],
  ],
})
