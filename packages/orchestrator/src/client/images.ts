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
  /** JSON lines of progress, see BuildMessage. The archive is that of `type`. */
  build(archive: Readable, options: BuildCallOptions): Promise<Readable>
  /** JSON lines of progress; a registry's refusal comes as the last line. */
  push(reference: string, options: Omit<PullOptions, 'platform'>): Promise<Readable>
  /** The digest that the registry has under a name. */
  digest(reference: string, auth: PullOptions['auth']): Promise<string>
  remove(reference: string): Promise<void>
}

export interface BuildCallOptions {
  /** Of `POST /build`; lists are repeated. */
  readonly query: Readonly<Record<string, string | readonly string[]>>
  readonly type: string
  /** Credentials by registry. */
  readonly auths: Readonly<Record<string, unknown>>
  readonly signal: AbortSignal
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
  build: (archive, { query, type, auths, signal }) =>
    guard(
      new Promise((resolve, reject) => {
        const { modem } = docker
        modem.dial(
          {
            path: '/build?',
            method: 'POST',
            file: archive,
            headers: { 'Content-Type': type },
            registryconfig: auths,
            abortSignal: signal,
            isStream: true,
            statusCodes: { 200: true, 400: 'bad parameter', 500: 'server error', 501: 'not implemented' },
            options: { _query: query },
          } as unknown as Parameters<typeof modem.dial>[0],
          (error, result) => (error ? reject(error) : resolve(result as Readable)),
        )
      }),
    ),
  push: (reference, { auth, signal }) => {
    const { fromImage, tag } = splitReference(reference)
    return guard(
      docker.getImage(fromImage).push({
        tag,
        // The header must be there, even where nobody has credentials.
        authconfig: (auth ?? {}) as Docker.AuthConfig,
        ...(signal ? { abortSignal: signal } : {}),
      }),
    ) as Promise<unknown> as Promise<Readable>
  },
  digest: async (reference, auth) => {
    const options = auth === undefined ? {} : { authconfig: auth as unknown as Docker.AuthConfig }
    const answer = (await guard(docker.getImage(reference).distribution(options))) as {
      readonly Descriptor: { readonly digest: string }
    }
    return answer.Descriptor.digest
  },
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
