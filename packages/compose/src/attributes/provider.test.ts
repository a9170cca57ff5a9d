import { attribute } from '../testing/attribute.ts'

attribute('provider', {
  takes: [
    [
      '{type: t, options: {a: b, c: [d, 1], e: true}}',
      { type: 't', options: { a: ['b'], c: ['d', '1'], e: ['true'] } },
    ],
  ],
  refuses: [
    ['null', 'SCHEMA_TYPE'],
    ['text', 'SCHEMA_TYPE'],
    ['"7"', 'SCHEMA_TYPE'],
    ['{}', 'SCHEMA_MISSING'],
    ['{k: v}', 'SCHEMA_MISSING'],
    ['{options: {}}', 'SCHEMA_MISSING'],
  ],
})
