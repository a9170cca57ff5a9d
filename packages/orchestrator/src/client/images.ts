import type { Readable } from 'node:stream'
import type Docker from 'dockerode'
import type { Filters, ImageDetails, ImageSummary } from './api-types.ts'
import type { Guard } from './connect.ts'

/** `/images/…` */
export interface ImageCalls {
  list(filters: Filters): Promise<readonly ImageSummary[]>
  inspect(reference: string): Promise<ImageDetails>
  /** JSON lines of progress, see PullMessage; a registry's refusal may come as the last line. */
  pull(reference: string, options: PullOptions): Promise<Readable>
  remove(reference: string): Promise<void>
}

export interface PullOptions {
  readonly platform?: string | undefined
  readonly auth?: Readonly<Record<string, string>> | undefined
  readonly signal?: AbortSignal | undefined
}

export const imageCalls = (docker: Docker, guard: Guard): ImageCalls => ({
  list: (filters) =>
    guard(docker.listImages({ filters: filters as Record<string, string[]> })) as Promise<ImageSummary[]>,
  inspect: (reference) =>
    guard(docker.getImage(reference).inspect()) as Promise<unknown> as Promise<ImageDetails>,
  pull: (reference, { platform, auth, signal }) =>
    guard(
      docker.createImage(auth ?? {}, {
        ...splitReference(reference),
        ...(platform ? { platform } : {}),
        ...(signal ? { abortSignal: signal } : {}),
      }),
    ) as Promise<unknown> as Promise<Readable>,
  remove: async (reference) => {
    await guard(docker.getImage(reference).remove())
  },
})

/** `name:tag` and `name@digest` apart, `latest` when neither is there: an engine pulls all tags when none is said. */
const splitReference = (reference: string): { fromImage: string; tag: string } => {
  const [name = '', digest] = reference.split('@')
  if (digest !== undefined) return { fromImage: name, tag: digest }
  const [, repository = name, tag = 'latest'] = /^(.*?)(?::([^:/]+))?$/.exec(name) ?? []
  return { fromImage: repository, tag }
}
