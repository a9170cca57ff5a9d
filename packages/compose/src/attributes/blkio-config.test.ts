import { attribute } from '../testing/attribute.ts'

attribute('blkio_config', {
  takes: [
    ['{}', {}],
    [
      '{weight: 300, weight_device: [{path: /d, weight: 4}], device_read_bps: [{path: /d, rate: 1mb}], device_write_iops: [{path: /d, rate: 30}]}',
      {
        weight: 300,
        weight_device: [{ Path: '/d', Weight: 4 }],
        device_read_bps: [{ Path: '/d', Rate: '1048576' }],
        device_write_iops: [{ Path: '/d', Rate: '30' }],
      },
    ],
  ],
  refuses: [
    ['null', 'SCHEMA_TYPE'],
    ['text', 'SCHEMA_TYPE'],
    ['"7"', 'SCHEMA_TYPE'],
    ['{k: v}', 'UNKNOWN_KEY'],
  ],
})
