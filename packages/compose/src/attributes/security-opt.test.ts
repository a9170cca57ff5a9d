import { attribute } from '../testing/attribute.ts'

attribute('security_opt', {
  takes: [
    ['[]', undefined],
    ['[x]', ['x']],
  ],
  refuses: [
    ['null', 'SCHEMA_TYPE'],
    ['text', 'SCHEMA_TYPE'],
    ['"7"', 'SCHEMA_TYPE'],
  ],
})
