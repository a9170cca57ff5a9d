import { attribute } from '../testing/attribute.ts'

attribute('extra_hosts', {
  takes: [
    ['[]', undefined],
    ['{}', undefined],
    ['{k: v}', ['k=v']],
    [
      '["a:1.2.3.4", "b=::1", "c:[::1]", "d=1.1.1.1,2.2.2.2"]',
      ['a=1.2.3.4', 'b=::1', 'c=::1', 'd=1.1.1.1', 'd=2.2.2.2'],
    ],
    ['{a: 1.2.3.4, b: [1.1.1.1, 2.2.2.2]}', ['a=1.2.3.4', 'b=1.1.1.1', 'b=2.2.2.2']],
    ['["a:1", "a:2"]', ['a=1', 'a=2']],
  ],
  refuses: [
    ['null', 'SCHEMA_TYPE'],
    ['text', 'SCHEMA_TYPE'],
    ['"7"', 'SCHEMA_TYPE'],
    ['[x]', 'DECODE'],
    ['["a"]', 'DECODE'],
    ['[":1"]', 'DECODE'],
  ],
})
