import { readFloat } from '../interpolate/casts.ts'
import { goQuote, goType } from '../tree/go-text.ts'
import type { Shape } from './binder.ts'
import { textMapping } from './mappings.ts'
import {
  anyText,
  bytes,
  duration,
  fraction,
  integer,
  listOf,
  optionalDuration,
  optionalInteger,
  optionalUnsigned,
  struct,
  text,
  unsigned,
  withNothing,
} from './shapes.ts'

const updateConfig = struct({
  parallelism: optionalUnsigned,
  delay: duration,
  failure_action: text,
  monitor: duration,
  max_failure_ratio: fraction,
  order: text,
})

const deviceCount: Shape<number> = (value, binder) => {
  if (typeof value === 'number') return value === 0 ? undefined : value
  if (value === null) return undefined
  if (typeof value !== 'string') return binder.fault(`invalid type ${goType(value)} for device count`)
  if (value.toLowerCase() === 'all') return -1
  if (!/^[+-]?[0-9]+$/.test(value))
    return binder.fault(`invalid value ${goQuote(value)}, the only value allowed is 'all' or a number`)
  return Number(value) === 0 ? undefined : Number(value)
}

const texts = listOf(anyText)

export const deviceRequest = struct(
  {
    capabilities: texts,
    driver: text,
    count: deviceCount,
    device_ids: texts,
    options: textMapping,
  },
  { extensible: false },
)

const cores: Shape<number> = (value, binder) => {
  if (typeof value === 'string' && readFloat(value) === undefined)
    return binder.fault(`strconv.ParseFloat: parsing ${goQuote(value)}: invalid syntax`)
  return fraction(value, binder)
}

const resource = struct({
  cpus: cores,
  memory: bytes,
  pids: integer,
  devices: listOf(deviceRequest),
  generic_resources: listOf(
    struct({
      discrete_resource_spec: struct(
        { kind: withNothing(text, () => ''), value: withNothing(integer, () => 0) },
        { goNames: true },
      ),
    }),
  ),
})

/** The `deploy` section; resources and placement are always there. */
export const deploy: Shape<object> = struct({
  mode: text,
  replicas: optionalInteger,
  labels: textMapping,
  update_config: updateConfig,
  rollback_config: updateConfig,
  resources: withNothing(struct({ limits: resource, reservations: resource }), () => ({})),
  restart_policy: struct({
    condition: text,
    delay: optionalDuration,
    max_attempts: optionalUnsigned,
    window: optionalDuration,
  }),
  placement: withNothing(
    struct({
      constraints: texts,
      preferences: listOf(struct({ spread: text })),
      max_replicas_per_node: unsigned(64),
    }),
    () => ({}),
  ),
  endpoint_mode: text,
})
