import { attribute } from '../testing/attribute.ts'

attribute('env_file', {
  takes: [['[]', undefined]],
  refuses: [
    ['null', 'SCHEMA_TYPE'],
    ['text', 'ENV_FILE_MISSING'],
    ['"7"', 'ENV_FILE_MISSING'],
    ['7', 'SCHEMA_TYPE'],
    ['1.5', 'SCHEMA_TYPE'],
    ['[x]', 'ENV_FILE_MISSING'],
    ['[{required: true}]', 'LIST_ITEM'],
  ],
})
