import { attribute } from '../testing/attribute.ts'

attribute('logging', {
  takes: [
    ['{}', {}],
    [
      '{driver: json-file, options: {max-size: 10m, n: 3, x: null}}',
      { driver: 'json-file', options: { 'max-size': '10m', n: '3', x: '' } },
    ],
  ],
  refuses: [
    ['null', 'SCHEMA_TYPE'],
    ['text', 'SCHEMA_TYPE'],
    ['"7"', 'SCHEMA_TYPE'],
    ['{k: v}', 'UNKNOWN_KEY'],
  ],
})
