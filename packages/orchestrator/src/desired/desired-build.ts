import type { SourceLocation, UserError } from '@container-compose/core'

/** How an image is built. */
export interface DesiredBuild {
  /** The service that declares it. */
  readonly service: string
  /** Place of the `build` section. */
  readonly at: SourceLocation | undefined
  /** An absolute folder, or a URL. */
  readonly context: string
  readonly dockerfile: DesiredDockerfile
  /** The image's own name first. */
  readonly tags: readonly string[]
  readonly args: Readonly<Record<string, string>>
  readonly labels: Readonly<Record<string, string>>
  readonly target: string | undefined
  readonly network: string | undefined
  readonly platform: string | undefined
  /** `name:address` */
  readonly extraHosts: readonly string[]
  readonly ulimits: readonly { readonly Name: string; readonly Soft: number; readonly Hard: number }[]
  /** Bytes. */
  readonly shmSize: number | undefined
  readonly cacheFrom: readonly string[]
  readonly noCache: boolean
  readonly pull: boolean
  readonly contexts: Readonly<Record<string, AdditionalContext>>
  readonly secrets: readonly BuildSecret[]
  /** Paths of agents' sockets by id; empty where the environment names none. */
  readonly ssh: Readonly<Record<string, string>>
  /** What can't be done on the engine: an error for each key, thrown when the build is planned. */
  readonly refusals: readonly UserError[]
  /** Keys without effect, in words, said when it is built. */
  readonly hints: readonly string[]
}

export type DesiredDockerfile =
  /** Relative to the context, or absolute. */
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: 'inline'; readonly text: string; readonly at: SourceLocation | undefined }

export type AdditionalContext =
  | { readonly kind: 'folder'; readonly path: string }
  | { readonly kind: 'image'; readonly reference: string }
  /** What another service's build makes. */
  | { readonly kind: 'service'; readonly service: string }
  | { readonly kind: 'url'; readonly url: string }

/** Its content is no member: a plan can be printed. */
export interface BuildSecret {
  readonly id: string
  /** The secret of the project that it is. */
  readonly source: string
  /** Undefined when nothing gives the content. @throws a system error when its file can't be read */
  read(): Promise<Buffer | undefined>
  readonly at: SourceLocation | undefined
}
