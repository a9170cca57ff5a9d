import {
  integerOrString,
  list,
  listOrMap,
  numberOrString,
  object,
  type Schema,
  string,
  strings,
  type,
  uniqueStrings,
  words,
} from './schema.ts'

const updateConfig = object({
  parallelism: integerOrString,
  delay: string,
  failure_action: string,
  monitor: string,
  max_failure_ratio: numberOrString,
  order: words('start-first', 'stop-first'),
})

const deviceRequest: Readonly<Record<string, Schema>> = {
  capabilities: uniqueStrings,
  count: type('string', 'integer'),
  device_ids: uniqueStrings,
  driver: string,
  options: listOrMap,
}

/** An entry of `gpus`, which lets other keys through. */
export const openDeviceRequest = object(deviceRequest, { open: true })

const genericResource = object({
  discrete_resource_spec: object({ kind: string, value: numberOrString }),
})

export const deploy = object(
  {
    mode: string,
    endpoint_mode: string,
    replicas: integerOrString,
    labels: listOrMap,
    rollback_config: updateConfig,
    update_config: updateConfig,
    resources: object({
      limits: object({ cpus: numberOrString, memory: string, pids: integerOrString }),
      reservations: object({
        cpus: numberOrString,
        memory: string,
        generic_resources: list(genericResource),
        devices: list(object(deviceRequest, { required: ['capabilities'] })),
      }),
    }),
    restart_policy: object({
      condition: string,
      delay: string,
      max_attempts: integerOrString,
      window: string,
    }),
    placement: object({
      constraints: strings,
      preferences: list(object({ spread: string })),
      max_replicas_per_node: integerOrString,
    }),
  },
  { orTypes: ['null'] },
)
