import { attribute } from '../testing/attribute.ts'

attribute('depends_on', {
  takes: [
    ['[]', undefined],
    ['{}', undefined],
    [
      '{b: {condition: service_healthy, restart: true, required: false}}',
      { b: { condition: 'service_healthy', restart: true, required: false } },
    ],
  ],
  refuses: [
    ['null', 'SCHEMA_TYPE'],
    ['text', 'SCHEMA_TYPE'],
    ['"7"', 'SCHEMA_TYPE'],
    ['[x]', 'UNDEFINED_DEPENDENCY'],
    ['[b, b]', 'SCHEMA_UNIQUE'],
    ['{b: {restart: true}}', 'SCHEMA_MISSING'],
    ['{b: {condition: foo}}', 'SCHEMA_VALUE'],
  ],
})
