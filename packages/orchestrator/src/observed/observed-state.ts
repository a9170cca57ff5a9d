import type {
  ContainerSummary,
  ImageDetails,
  MountPoint,
  NetworkDetails,
  VolumeDetails,
} from '../client/api-types.ts'
import { label } from '../labels.ts'

/** What exists on the engine, read once. */
export interface ObservedState {
  /** All containers of the project, one-offs too, by name. */
  readonly containers: readonly ObservedContainer[]
  /** By name; several networks may have the same. */
  readonly networks: ReadonlyMap<string, readonly NetworkDetails[]>
  readonly volumes: ReadonlyMap<string, VolumeDetails>
  /** By the reference that a service names. */
  readonly images: ReadonlyMap<string, ImageDetails>
}

export interface ObservedContainer {
  readonly id: string
  readonly name: string
  /** Empty when the label is missing. */
  readonly service: string
  /** 0 for one-offs. */
  readonly number: number
  readonly oneOff: boolean
  /** created, running, paused, restarting, removing, exited, dead */
  readonly state: string
  readonly health: 'none' | 'starting' | 'healthy' | 'unhealthy'
  /** Of an exited or dead one; otherwise 0. */
  readonly exitCode: number
  readonly configHash: string
  readonly imageId: string
  readonly labels: Readonly<Record<string, string>>
  /** Network ids by network name. */
  readonly networks: Readonly<Record<string, string>>
  readonly mounts: readonly MountPoint[]
}

export const observedContainer = (summary: ContainerSummary): ObservedContainer => {
  const labels = summary.Labels ?? {}
  const oneOff = labels[label.oneOff] === 'True'
  const joined = Object.entries(summary.NetworkSettings?.Networks ?? {})
  return {
    id: summary.Id,
    name: nameOf(summary),
    service: labels[label.service] ?? '',
    number: oneOff ? 0 : Number(labels[label.containerNumber] ?? 0) || 0,
    oneOff,
    state: summary.State,
    health: healthOf(summary.Status),
    exitCode: exitCodeOf(summary.Status),
    configHash: labels[label.configHash] ?? '',
    imageId: labels[label.image] || summary.ImageID,
    labels,
    networks: Object.fromEntries(joined.map(([name, { NetworkID = '' }]) => [name, NetworkID])),
    mounts: summary.Mounts ?? [],
  }
}

/** The container's own name: those with two slashes are other containers' links to it. */
export const nameOf = ({ Names }: Pick<ContainerSummary, 'Names'>): string =>
  (Names.find((name) => name.lastIndexOf('/') === 0) ?? Names[0] ?? '').slice(1)

/** The list tells health and exit code only inside its sentence: `Up 5 seconds (health: starting)`, `Exited (3) …`. */
export const healthOf = (status: string): ObservedContainer['health'] => {
  if (status.includes('(healthy)')) return 'healthy'
  if (status.includes('(unhealthy)')) return 'unhealthy'
  return status.includes('(health: starting)') ? 'starting' : 'none'
}

export const exitCodeOf = (status: string): number =>
  Number(/^(?:Exited|Dead|Restarting) \((-?\d+)\)/.exec(status)?.[1] ?? 0)
