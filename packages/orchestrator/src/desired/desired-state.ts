import type { SourceLocation } from '@container-compose/core'
import type {
  ContainerCreateBody,
  ImageDetails,
  NetworkCreateBody,
  VolumeCreateBody,
} from '../client/api-types.ts'
import type { DesiredBuild } from './desired-build.ts'

/** What a project wants to exist. */
export interface DesiredState {
  readonly project: string
  readonly networks: readonly DesiredNetwork[]
  readonly volumes: readonly DesiredVolume[]
  /** Dependencies before their dependents. */
  readonly services: readonly DesiredService[]
  /** By service; of services that are not wanted now, too. */
  readonly builds: ReadonlyMap<string, DesiredBuild>
  /** Services that the files declare and that are not wanted now: their containers are no orphans. */
  readonly disabledServices: ReadonlySet<string>
}

export interface DesiredNetwork {
  readonly key: string
  readonly name: string
  readonly external: boolean
  readonly hash: string
  readonly body: NetworkCreateBody
  readonly at: SourceLocation | undefined
}

export interface DesiredVolume {
  readonly key: string
  readonly name: string
  readonly external: boolean
  readonly hash: string
  readonly body: VolumeCreateBody
  readonly at: SourceLocation | undefined
}

export interface DesiredDependency {
  readonly service: string
  readonly condition: 'service_started' | 'service_healthy' | 'service_completed_successfully'
  readonly restart: boolean
  readonly required: boolean
  /** Whether containers of this one can only be created when those of the other exist. */
  readonly sharesNamespace: boolean
}

export interface DesiredService {
  readonly name: string
  readonly replicas: number
  readonly hash: string
  readonly image: string
  /** Whether the name is not the user's but ours: `<project>-<service>`. */
  readonly imageIsDefault: boolean
  readonly platform: string | undefined
  /** As written; undefined: pull what is missing. */
  readonly pullPolicy: string | undefined
  /** Undefined when nothing says how its image is built. */
  readonly build: DesiredBuild | undefined
  readonly containerName: string | undefined
  readonly dependencies: readonly DesiredDependency[]
  /** Names of the networks and of the named volumes that its containers use. */
  readonly networks: readonly string[]
  readonly volumes: readonly string[]
  /** Targets of volumes without a source: their data moves along when a container is replaced. */
  readonly anonymousTargets: readonly string[]
  /** Files whose content comes from the project: written into each container before it starts. */
  readonly files: readonly InjectedFile[]
  /** Set: what is wanted is this container of `run` beside those that the service has. */
  readonly oneOff?: OneOff
  readonly at: SourceLocation | undefined
  /** What differs from its container, when somebody has looked: `environment.DEBUG "1" → "0"`. */
  readonly changes?: readonly string[]
  /** The body of the create call for one container of the service. */
  body(instance: Instance): ContainerCreateBody
}

export interface InjectedFile {
  readonly path: string
  /** A function: found out when it is written. */
  readonly content: string | (() => Promise<string>)
  readonly mode: number
  readonly uid: number
  readonly gid: number
}

/** A container of `run`. */
export interface OneOff {
  readonly name: string
  /** 64 hexadecimal digits. */
  readonly slug: string
  /** `--rm` */
  readonly autoRemove: boolean
  /** Its input is ours, and ends with it. */
  readonly attachStdin: boolean
  /** Whether it answers to the names of the service. */
  readonly useAliases: boolean
}

/** What tells the containers of a service apart. */
export interface Instance {
  readonly name: string
  /** 0: a one-off. */
  readonly number: number
  readonly oneOff?: OneOff | undefined
  readonly image: Pick<ImageDetails, 'Id'> | undefined
  /** Volumes without a name of the container that it replaces. */
  readonly inherited?: readonly {
    readonly name: string
    readonly target: string
    readonly readOnly: boolean
  }[]
  /** `<service>-<number>` (or the container's name) of the container that it replaces. */
  readonly replaces?: string | undefined
}
