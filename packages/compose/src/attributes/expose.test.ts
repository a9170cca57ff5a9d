import { attribute } from '../testing/attribute.ts'

attribute('expose', {
  takes: [
    ['[]', undefined],
    ['[x]', ['x']],
    ['[1]', ['1']],
    ['[80, "81", "82/udp", 83-84]', ['80', '81', '82/udp', '83-84']],
    ['[80, 80]', ['80']],
    ['[80, "80"]', ['80']],
  ],
  refuses: [
    ['null', 'SCHEMA_TYPE'],
    ['text', 'SCHEMA_TYPE'],
    ['"7"', 'SCHEMA_TYPE'],
    ['[80.5]', 'LIST_ITEM'],
  ],
})
