import type { Shape } from './binder.ts'
import { options, textMapping } from './mappings.ts'
import {
  anyText,
  flag,
  integer,
  listOf,
  optionalFlag,
  recordOf,
  struct,
  text,
  withNothing,
} from './shapes.ts'

const pool = struct(
  { subnet: text, gateway: text, ip_range: text, aux_addresses: textMapping },
  { extensible: false },
)

export const network: Shape<object> = struct({
  name: text,
  driver: text,
  driver_opts: options,
  ipam: withNothing(struct({ driver: text, config: listOf(pool) }), () => ({})),
  external: flag,
  internal: flag,
  attachable: flag,
  labels: textMapping,
  enable_ipv4: optionalFlag,
  enable_ipv6: optionalFlag,
})

export const volume: Shape<object> = struct({
  name: text,
  driver: text,
  driver_opts: options,
  external: flag,
  labels: textMapping,
})

export const fileObject: Shape<object> = struct({
  name: text,
  file: text,
  environment: text,
  content: text,
  external: flag,
  labels: textMapping,
  driver: text,
  driver_opts: recordOf(anyText),
  template_driver: text,
})

export const model: Shape<object> = struct({
  name: text,
  model: text,
  context_size: integer,
  runtime_flags: listOf(anyText),
})
