import { attribute } from '../testing/attribute.ts'

attribute('networks', {
  takes: [
    ['[]', { default: null }],
    ['{}', { default: null }],
    [
      '{n: {aliases: [a, b], ipv4_address: 1.2.3.4, ipv6_address: "::1", link_local_ips: [x], mac_address: y, driver_opts: {a: 1}, priority: 5, gw_priority: 2, interface_name: eth9}}',
      {
        n: {
          aliases: ['a', 'b'],
          driver_opts: { a: '1' },
          gw_priority: 2,
          interface_name: 'eth9',
          ipv4_address: '1.2.3.4',
          ipv6_address: '::1',
          link_local_ips: ['x'],
          mac_address: 'y',
          priority: 5,
        },
      },
    ],
    ['[default]', { default: null }],
    ['{default: {aliases: [x]}}', { default: { aliases: ['x'] } }],
    ['{default: {priority: 1.5}}', { default: { priority: 1 } }],
    ['{default: {aliases: [a, a]}}', { default: { aliases: ['a'] } }],
    ['{default: {x-foo: 1}}', { default: {} }],
  ],
  refuses: [
    ['null', 'SCHEMA_TYPE'],
    ['text', 'SCHEMA_TYPE'],
    ['"7"', 'SCHEMA_TYPE'],
    ['[x]', 'UNDEFINED_NETWORK'],
    ['[n, n]', 'SCHEMA_UNIQUE'],
  ],
})
