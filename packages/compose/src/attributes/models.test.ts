import { attribute } from '../testing/attribute.ts'

attribute('models', {
  takes: [
    ['[]', undefined],
    ['{}', undefined],
    ['[m]', { m: null }],
    ['{m: {endpoint_var: E, model_var: M}}', { m: { endpoint_var: 'E', model_var: 'M' } }],
  ],
  refuses: [
    ['null', 'SCHEMA_TYPE'],
    ['text', 'SCHEMA_TYPE'],
    ['"7"', 'SCHEMA_TYPE'],
    ['[x]', 'UNDEFINED_MODEL'],
  ],
})
