import { attribute } from '../testing/attribute.ts'

attribute('entrypoint', {
  takes: [
    ['null', null],
    ['text', ['text']],
    ['"7"', ['7']],
    ['[]', []],
    ['[x]', ['x']],
    ['""', []],
    ['sh -c', ['sh', '-c']],
  ],
  refuses: [
    ['7', 'SCHEMA_TYPE'],
    ['1.5', 'SCHEMA_TYPE'],
    ['true', 'SCHEMA_TYPE'],
  ],
})
