import {
  booleanOrString,
  integerBetween,
  listOrMap,
  mapOf,
  numberOrString,
  object,
  oneOf,
  string,
  type,
  uniqueStrings,
  words,
} from './schema.ts'

export const port = oneOf(
  type('number'),
  string,
  object({
    name: string,
    mode: string,
    host_ip: string,
    target: type('integer', 'string'),
    published: type('string', 'integer'),
    protocol: string,
    app_protocol: string,
  }),
)

export const serviceNetwork = object({
  aliases: uniqueStrings,
  interface_name: string,
  ipv4_address: string,
  ipv6_address: string,
  link_local_ips: uniqueStrings,
  mac_address: string,
  driver_opts: mapOf(numberOrString, { open: true }),
  priority: type('number'),
  gw_priority: type('number'),
})

export const volumeMount = oneOf(
  string,
  object(
    {
      type: words('bind', 'volume', 'tmpfs', 'cluster', 'npipe', 'image'),
      source: string,
      target: string,
      read_only: booleanOrString,
      consistency: string,
      bind: object({
        propagation: string,
        create_host_path: booleanOrString,
        recursive: words('enabled', 'disabled', 'writable', 'readonly'),
        selinux: words('z', 'Z'),
      }),
      volume: object({ labels: listOrMap, nocopy: booleanOrString, subpath: string }),
      tmpfs: object({ size: oneOf(integerBetween(0), string), mode: numberOrString }),
      image: object({ subpath: string }),
    },
    { required: ['type'] },
  ),
)
