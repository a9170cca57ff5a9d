import { attribute } from '../testing/attribute.ts'

attribute('device_cgroup_rules', {
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
