export { changedService } from './bind/changed-service.ts'
export { networkHash, serviceHash, volumeHash } from './config-hash.ts'
export { type UsedVariable, variablesOf } from './interpolate/variables.ts'
export { type LoadedModel, type LoadedProject, loadProject, loadProjectModel } from './load.ts'
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
export { modelJson, modelYaml, modelYamlOf } from './print/model.ts'
export { projectJson, projectYaml } from './print/project.ts'
export { checkProjectName, normalizeProjectName } from './project-name.ts'
export { selectServices, withDependencies } from './select/services.ts'
export type { Dict as ModelTree } from './tree/value.ts'
export { checkContainerNames } from './validate/consistency.ts'
export { byteCount, readBytes } from './values/bytes.ts'
export { readEnvironmentFiles, readMountFlag, readPortFlag } from './values/command-line.ts'
export { durationMs, durationText, readDuration } from './values/duration.ts'
export { splitWords } from './values/shell-words.ts'
export type { Warning } from './warning.ts'
