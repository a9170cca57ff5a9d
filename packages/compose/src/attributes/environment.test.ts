import { attribute } from '../testing/attribute.ts'

attribute('environment', {
  takes: [
    ['[]', undefined],
    ['{}', undefined],
    ['[x]', { x: null }],
    ['{k: v}', { k: 'v' }],
    ['[A, "B=", "C=1", "D==x", C=2]', { A: null, B: '', C: '2', D: '=x' }],
    [
      '{A: , B: "", C: 1, D: true, E: 1.5, F: null}',
      { A: null, B: '', C: '1', D: 'true', E: '1.5', F: null },
    ],
    ['["A B=1"]', { 'A B': '1' }],
    ['{"A B": 1}', { 'A B': '1' }],
    [`{A: "a\\nb", B: "q\\"", C: "<&>", D: "\\u2028"}`, { A: 'a\nb', B: 'q"', C: '<&>', D: ' ' }],
    ['["=x"]', { '': 'x' }],
  ],
  refuses: [
    ['null', 'SCHEMA_TYPE'],
    ['text', 'SCHEMA_TYPE'],
    ['"7"', 'SCHEMA_TYPE'],
    ['[1]', 'LIST_ITEM'],
    ['["A =1"]', 'DECODE'],
    ['{"": x}', 'UNKNOWN_KEY'],
  ],
})
