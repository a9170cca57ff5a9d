import { attribute } from '../testing/attribute.ts'

attribute('storage_opt', {
  takes: [
    ['{}', undefined],
    ['{k: v}', { k: 'v' }],
    ['{size: 1G}', { size: '1G' }],
    ['{size: 1}', { size: '1' }],
  ],
  refuses: [
    ['null', 'SCHEMA_TYPE'],
    ['text', 'SCHEMA_TYPE'],
    ['"7"', 'SCHEMA_TYPE'],
  ],
})
