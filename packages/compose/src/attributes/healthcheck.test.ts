import { attribute } from '../testing/attribute.ts'

attribute('healthcheck', {
  takes: [
    ['{}', {}],
    [
      '{test: echo hi, interval: 1m30s, timeout: 1h, retries: 3, start_period: 0s, start_interval: 100ms, disable: false}',
      {
        test: ['CMD-SHELL', 'echo hi'],
        timeout: '1h0m0s',
        interval: '1m30s',
        retries: 3,
        start_period: '0s',
        start_interval: '100ms',
      },
    ],
    ['{test: [CMD, x], retries: "4"}', { test: ['CMD', 'x'], retries: 4 }],
    ['{test: [NONE]}', { test: ['NONE'] }],
    ['{test: []}', {}],
    [
      '{interval: 1.5s, timeout: 1d, start_period: 1w2d, start_interval: 1us}',
      { timeout: '24h0m0s', interval: '1.5s', start_period: '216h0m0s', start_interval: '1µs' },
    ],
    ['{disable: "yes"}', { disable: true }],
    ['{interval: -5s}', { interval: '-5s' }],
  ],
  refuses: [
    ['null', 'SCHEMA_TYPE'],
    ['text', 'SCHEMA_TYPE'],
    ['"7"', 'SCHEMA_TYPE'],
    ['{k: v}', 'UNKNOWN_KEY'],
    ['{test: [x]}', 'HEALTHCHECK'],
    ['{interval: x}', 'DECODE'],
    ['{retries: -1}', 'DECODE'],
    ['{interval: 1y}', 'DECODE'],
  ],
})
