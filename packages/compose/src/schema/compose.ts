import {
  booleanOrString,
  list,
  listOrMap,
  mapOf,
  nameOf,
  numberOrString,
  type ObjectSchema,
  object,
  oneOf,
  string,
  stringOrList,
  strings,
  type,
} from './schema.ts'
import { service } from './service.ts'

const driverOptions = mapOf(numberOrString, { open: true })
const externalTypes = ['boolean', 'string'] as const

const external = object({ name: string }, { orTypes: externalTypes })
/** Secrets and configs let anything stand there, as the reference does. */
const openExternal = object({ name: string }, { orTypes: externalTypes, open: true })

const network = object(
  {
    name: string,
    driver: string,
    driver_opts: driverOptions,
    ipam: object({
      driver: string,
      config: list(
        object({ subnet: string, ip_range: string, gateway: string, aux_addresses: mapOf(string) }),
      ),
      options: mapOf(string),
    }),
    external,
    internal: booleanOrString,
    enable_ipv4: booleanOrString,
    enable_ipv6: booleanOrString,
    attachable: booleanOrString,
    labels: listOrMap,
  },
  { orTypes: ['null'] },
)

const volume = object(
  { name: string, driver: string, driver_opts: driverOptions, external, labels: listOrMap },
  { orTypes: ['null'] },
)

const secret = object({
  name: string,
  environment: string,
  file: string,
  external: openExternal,
  labels: listOrMap,
  driver: string,
  driver_opts: driverOptions,
  template_driver: string,
})

const config = object({
  name: string,
  content: string,
  environment: string,
  file: string,
  external: openExternal,
  labels: listOrMap,
  template_driver: string,
})

const model = object(
  { name: string, model: string, context_size: type('integer'), runtime_flags: strings },
  { required: ['model'] },
)

const include = oneOf(
  string,
  object({ path: stringOrList, env_file: stringOrList, project_directory: string }, { extensible: false }),
)

/** A whole Compose file. */
export const composeFile: ObjectSchema = object({
  version: string,
  name: string,
  include: list(include),
  services: mapOf(service, { pattern: nameOf }),
  models: mapOf(model, { pattern: nameOf, open: true }),
  networks: mapOf(network, { pattern: nameOf, open: true }),
  volumes: mapOf(volume, { pattern: nameOf }),
  secrets: mapOf(secret, { pattern: nameOf }),
  configs: mapOf(config, { pattern: nameOf }),
})
