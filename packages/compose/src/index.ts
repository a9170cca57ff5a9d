export { type LoadedProject, loadProject } from './load.ts'
export type { Locations, Path } from './locations.ts'
export type { Build } from './model/build.ts'
export type {
  Deploy,
  DeviceRequest,
  Placement,
  Resource,
  RestartPolicy,
  UpdateConfig,
} from './model/deploy.ts'
export type { Project } from './model/project.ts'
export type { FileObject, Ipam, IpamPool, Model, Network, Volume } from './model/resources.ts'
export type {
  Dependency,
  DeviceMapping,
  FileReference,
  Healthcheck,
  Hook,
  Logging,
  Mount,
  Port,
  Service,
  ServiceNetwork,
  Ulimit,
  WatchRule,
} from './model/service.ts'
export type { Bytes, Command, DurationText, Extensions, FileMode } from './model/values.ts'
export type { LoadOptions, Stages } from './options.ts'
export type { Warning } from './warning.ts'
