import type { FileReference, Ulimit } from './service.ts'
import type { Bytes, Extensions } from './values.ts'

/** How a service's image is built. */
export interface Build extends Extensions {
  /** A folder, absolute unless path resolution was off, or a URL. */
  readonly context?: string
  readonly dockerfile?: string
  readonly dockerfile_inline?: string
  readonly entitlements?: readonly string[]
  readonly args?: Readonly<Record<string, string | null>>
  readonly provenance?: string
  readonly sbom?: string
  /** `id` or `id: path`. */
  readonly ssh?: readonly string[]
  readonly labels?: Readonly<Record<string, string>>
  readonly cache_from?: readonly string[]
  readonly cache_to?: readonly string[]
  readonly no_cache?: boolean
  readonly additional_contexts?: Readonly<Record<string, string>>
  readonly pull?: boolean
  readonly extra_hosts?: readonly string[]
  readonly isolation?: string
  readonly network?: string
  readonly target?: string
  readonly secrets?: readonly FileReference[]
  readonly shm_size?: Bytes
  readonly tags?: readonly string[]
  readonly ulimits?: Readonly<Record<string, Ulimit>>
  readonly platforms?: readonly string[]
  readonly privileged?: boolean
}
