import { attribute } from '../testing/attribute.ts'

attribute('gpus', {
  takes: [
    ['[]', undefined],
    ['all', [{ count: -1 }]],
    ['[{count: "2"}]', [{ count: 2 }]],
    ['[{foo: 1}]', [{ count: -1 }]],
  ],
  refuses: [
    ['null', 'SCHEMA_TYPE'],
    ['text', 'SCHEMA_VALUE'],
    ['"7"', 'SCHEMA_VALUE'],
    ['7', 'SCHEMA_TYPE'],
    ['1.5', 'SCHEMA_TYPE'],
    ['""', 'SCHEMA_VALUE'],
    ['[{driver: x, count: 1, device_ids: [], capabilities: [g], options: [a=b]}]', 'RULE'],
    ['[{count: x}]', 'DECODE'],
  ],
})
