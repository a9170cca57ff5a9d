import { attribute } from '../testing/attribute.ts'

attribute('devices', {
  takes: [
    ['[]', undefined],
    ['[x]', [{ source: 'x', target: 'x', permissions: 'rwm' }]],
    ['[{source: /a, target: /b, permissions: rwm}]', [{ source: '/a', target: '/b', permissions: 'rwm' }]],
    [
      '["vendor.com/class=dev"]',
      [{ source: 'vendor.com/class=dev', target: 'vendor.com/class=dev', permissions: 'rwm' }],
    ],
  ],
  refuses: [
    ['null', 'SCHEMA_TYPE'],
    ['text', 'SCHEMA_TYPE'],
    ['"7"', 'SCHEMA_TYPE'],
    ['["/a", "/a:/b", "/c:/d:r", "a:b:c:d"]', 'DEVICE_SPEC'],
    ['["/a:/b:c:d"]', 'DEVICE_SPEC'],
  ],
})
