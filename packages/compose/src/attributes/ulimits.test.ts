import { attribute } from '../testing/attribute.ts'

attribute('ulimits', {
  takes: [
    ['{}', undefined],
    [
      '{nofile: 5, nproc: {soft: 1, hard: 2}, core: -1}',
      { core: -1, nofile: 5, nproc: { soft: 1, hard: 2 } },
    ],
    ['{nofile: "5"}', { nofile: 5 }],
    ['{nofile: {soft: "1", hard: "2"}}', { nofile: { soft: 1, hard: 2 } }],
    ['{NOFILE: 5}', { NOFILE: 5 }],
    ['{nofile: {soft: 0, hard: 0}}', { nofile: {} }],
    ['{nofile: {soft: 1, hard: 2, x-a: 1}}', { nofile: { soft: 1, hard: 2 } }],
  ],
  refuses: [
    ['null', 'SCHEMA_TYPE'],
    ['text', 'SCHEMA_TYPE'],
    ['"7"', 'SCHEMA_TYPE'],
    ['[x]', 'CAST'],
    ['{k: v}', 'CAST'],
    ['{nofile: x}', 'CAST'],
  ],
})
