import type { Readable } from 'node:stream'
import type { ImageRoot } from '../runtime/runtime.ts'
import type { SharedLayout } from './layout.ts'

/** What the rest of the engine asks of images. References are normalised as Docker does (`redis` → `docker.io/library/redis:latest`). */
export interface Images {
  /** Name, name:tag, name@digest, id or unique prefix of an id. Undefined when not here. */
  find(reference: string): Promise<Image | undefined>
  list(): Promise<readonly Image[]>
  /** Rejects with an `ApiError` (status 404, Docker's text) when the registry has none. */
  pull(
    reference: string,
    options: {
      readonly platform?: string
      readonly auth?: RegistryAuth
      readonly progress: (event: PullProgress) => void
      readonly signal?: AbortSignal
    },
  ): Promise<Image>
  /** Rejects with an `ApiError` when there is no such tag (404) or the registry refuses. */
  push(
    reference: string,
    options: {
      readonly auth?: RegistryAuth
      readonly progress: (event: PushProgress) => void
      readonly signal?: AbortSignal
    },
  ): Promise<Pushed>
  /** What the registry has under a name. Rejects with an `ApiError` in Docker's words when it has nothing, or does not answer. */
  distribution(
    reference: string,
    options: { readonly auth?: RegistryAuth; readonly signal?: AbortSignal },
  ): Promise<Distribution>
  /** A docker-archive or OCI archive, plain or compressed. Resolves with what was loaded. */
  load(archive: Readable): Promise<readonly LoadedImage[]>
  /** A docker-archive of these images, each with the tag that it was named by, or all its tags when named by id. */
  save(references: readonly string[]): Promise<Readable>
  /** Has `use` read an OCI layout of the image; what it shares with the cache stays there meanwhile. */
  withLayout<Result>(imageId: string, use: (layout: SharedLayout) => Promise<Result>): Promise<Result>
  /**
   * Takes the image that `write` puts into an empty OCI layout with shared blobs, with the configuration that it returns. It gets
   * the references, which other images lose.
   */
  takeLayout(write: (layout: SharedLayout) => Promise<Buffer>, references: readonly string[]): Promise<Image>
  tag(image: string, reference: string): Promise<void>
  /** Untags, and deletes when it was the last tag. Returns Docker's list. */
  remove(
    reference: string,
    options: { readonly force: boolean; readonly users: ImageUsers },
  ): Promise<readonly ImageRemoval[]>
  /** The root file system for a runtime; made on first use, shared by all engines of the cache, locked. */
  root(imageId: string): Promise<ImageRoot>
  /** Copies the directory `path` of the image, with owners, modes and times, into an empty directory of the host. No-op when the image has none. */
  copyOut(imageId: string, path: string, destination: string): Promise<void>
  /** Removes images that no container uses: those without a tag, or all. Then frees what no engine of the cache needs, unless one is busy in it. */
  prune(options: {
    readonly all: boolean
    readonly matches: (image: Image) => boolean
    readonly users: ImageUsers
  }): Promise<{ readonly removed: readonly ImageRemoval[]; readonly freedBytes: number }>
}

/** A manifest as its registry has it. */
export interface Distribution {
  readonly mediaType: string
  readonly digest: string
  readonly size: number
  readonly platforms: readonly {
    readonly os: string
    readonly architecture: string
    readonly variant?: string
  }[]
}

/** The containers that were created from an image. */
export type ImageUsers = (imageId: string) => readonly { readonly id: string; readonly running: boolean }[]

/** One line of Docker's answer to the removal of an image. */
export type ImageRemoval = { readonly Untagged: string } | { readonly Deleted: string }

export interface LoadedImage {
  readonly image: Image
  /** The tags that the archive gave it, familiar. */
  readonly names: readonly string[]
}

/** Something that happened to an image, for the engine's events. */
export interface ImageEvent {
  readonly action: 'pull' | 'load' | 'tag' | 'untag' | 'delete'
  /** What the event is about, as Docker names it: a familiar reference, or the id. */
  readonly id: string
  readonly name: string
}

export interface Image {
  /** `sha256:…` of the configuration. */
  readonly id: string
  readonly repoTags: readonly string[]
  readonly repoDigests: readonly string[]
  /** The OCI image configuration (image-spec config.md). */
  readonly config: ImageConfig
  /** Sum of the layers, unpacked, in bytes. */
  readonly size: number
  /** One per entry of `config.rootfs.diff_ids`, unpacked, in bytes. */
  readonly layerSizes: readonly number[]
  /** When a tag last changed, milliseconds since the epoch. */
  readonly lastTagTime: number
}

export interface ImageConfig {
  readonly created?: string
  readonly architecture: string
  readonly os: string
  readonly variant?: string
  readonly author?: string
  readonly config?: {
    readonly User?: string
    readonly ExposedPorts?: Readonly<Record<string, object>>
    readonly Env?: readonly string[]
    readonly Entrypoint?: readonly string[] | null
    readonly Cmd?: readonly string[] | null
    readonly Volumes?: Readonly<Record<string, object>> | null
    readonly WorkingDir?: string
    readonly Labels?: Readonly<Record<string, string>> | null
    readonly StopSignal?: string
    readonly Healthcheck?: {
      readonly Test?: readonly string[]
      readonly Interval?: number
      readonly Timeout?: number
      readonly StartPeriod?: number
      readonly StartInterval?: number
      readonly Retries?: number
    }
    readonly Shell?: readonly string[]
  }
  readonly rootfs: { readonly type: 'layers'; readonly diff_ids: readonly string[] }
  readonly history?: readonly {
    readonly created?: string
    readonly created_by?: string
    readonly empty_layer?: boolean
    readonly comment?: string
  }[]
}

export interface RegistryAuth {
  readonly username?: string
  readonly password?: string
  readonly identitytoken?: string
  readonly serveraddress?: string
}

/** One line of Docker's push stream. */
export type PushProgress = PullProgress

/** What a registry has of an image. `size` is that of the manifest, in bytes. */
export interface Pushed {
  readonly tag: string
  readonly digest: string
  readonly size: number
}

/** One line of Docker's pull stream. */
export interface PullProgress {
  readonly id?: string
  readonly status: string
  readonly progressDetail?: { readonly current?: number; readonly total?: number }
}
