import { attribute } from '../testing/attribute.ts'

attribute('deploy', {
  takes: [
    ['null', undefined],
    ['{}', { resources: {}, placement: {} }],
    [
      '{resources: {reservations: {devices: [{capabilities: [g]}]}}}',
      { resources: { reservations: { devices: [{ capabilities: ['g'], count: -1 }] } }, placement: {} },
    ],
  ],
  refuses: [
    ['text', 'SCHEMA_TYPE'],
    ['"7"', 'SCHEMA_TYPE'],
    ['7', 'SCHEMA_TYPE'],
    ['{k: v}', 'UNKNOWN_KEY'],
    ['{resources: {limits: {cpus: x}}}', 'DECODE'],
    ['{resources: {limits: {memory: 5x}}}', 'DECODE'],
    ['{update_config: {order: foo}}', 'SCHEMA_VALUE'],
    ['{replicas: -1}', 'SCALE'],
    ['{resources: {reservations: {devices: [{capabilities: [a], count: 2, device_ids: ["1"]}]}}}', 'RULE'],
    ['{resources: {reservations: {devices: [{count: 2}]}}}', 'SCHEMA_MISSING'],
  ],
})
