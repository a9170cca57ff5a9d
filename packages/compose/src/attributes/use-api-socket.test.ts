import { attribute } from '../testing/attribute.ts'

attribute('use_api_socket', {
  takes: [['true', true]],
  refuses: [
    ['null', 'SCHEMA_TYPE'],
    ['text', 'SCHEMA_TYPE'],
    ['"7"', 'SCHEMA_TYPE'],
  ],
})
