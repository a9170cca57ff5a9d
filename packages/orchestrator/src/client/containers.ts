import type { Duplex, Readable } from 'node:stream'
import type Docker from 'dockerode'
import type {
  ContainerCreateBody,
  ContainerCreated,
  ContainerDetails,
  ContainerSummary,
  Filters,
} from './api-types.ts'
import type { Guard } from './connect.ts'

export interface LogsQuery {
  readonly follow?: boolean
  readonly since?: string | undefined
  readonly until?: string | undefined
  readonly tail?: string | undefined
  readonly timestamps?: boolean
}

/** `/containers/…`; `id` may always be a name. */
export interface ContainerCalls {
  list(query: { readonly all?: boolean; readonly filters: Filters }): Promise<readonly ContainerSummary[]>
  inspect(id: string): Promise<ContainerDetails>
  create(name: string, body: ContainerCreateBody, platform?: string): Promise<ContainerCreated>
  /** Also resolves when it runs already. */
  start(id: string): Promise<void>
  /** Also resolves when it is stopped already. */
  stop(id: string, timeoutSeconds?: number): Promise<void>
  /** `hot`: our engine starts the process again in the machine that runs; others restart the container. */
  restart(id: string, timeoutSeconds?: number, options?: { readonly hot: boolean }): Promise<void>
  kill(id: string, signal?: string): Promise<void>
  pause(id: string): Promise<void>
  unpause(id: string): Promise<void>
  rename(id: string, name: string): Promise<void>
  remove(id: string, options: { readonly force?: boolean; readonly volumes?: boolean }): Promise<void>
  resize(id: string, size: { readonly rows: number; readonly columns: number }): Promise<void>
  /** Resolves with the exit code when the condition is met. */
  wait(id: string, condition?: 'not-running' | 'next-exit' | 'removed', signal?: AbortSignal): Promise<number>
  top(id: string): Promise<{ readonly Titles: readonly string[]; readonly Processes: readonly string[][] }>
  /** Frames of both streams (see frames.ts), or plain bytes when the container has a terminal. */
  logs(id: string, query: LogsQuery, signal?: AbortSignal): Promise<Readable>
  attach(id: string, options: { readonly stdin: boolean }): Promise<Duplex>
  /** A tar of the path. */
  readFiles(id: string, path: string): Promise<Readable>
  /**
   * Unpacks a tar below the path. `sync` is known to our engine only: members called `.wh.NAME` remove NAME, and what has a name
   * already is replaced at once, whatever it is.
   */
  writeFiles(
    id: string,
    path: string,
    tar: Readable | Buffer,
    options?: { readonly sync: boolean },
  ): Promise<void>
}

export const containerCalls = (docker: Docker, guard: Guard): ContainerCalls => {
  const at = (id: string) => docker.getContainer(id)
  /** 304: it is what was asked for already. */
  const unlessAlready = async (call: Promise<unknown>): Promise<void> => {
    await guard(
      call.catch((error: { statusCode?: number }) => {
        if (error.statusCode !== 304) throw error
      }),
    )
  }
  const done = async (call: Promise<unknown>): Promise<void> => {
    await guard(call)
  }
  const inSeconds = (timeoutSeconds: number | undefined) =>
    timeoutSeconds === undefined ? {} : { t: timeoutSeconds }
  return {
    list: ({ all = false, filters }) =>
      guard(
        docker.listContainers({ all, filters: filters as Record<string, string[]> }) as Promise<unknown>,
      ) as Promise<ContainerSummary[]>,
    inspect: (id) => guard(at(id).inspect() as Promise<unknown>) as Promise<ContainerDetails>,
    create: async (name, body, platform) => {
      const query = { name, ...(platform ? { platform } : {}) }
      // dockerode's own call keeps the warnings to itself.
      const request = {
        path: '/containers/create?',
        method: 'POST',
        options: { _query: query, _body: body },
        statusCodes: {
          200: true,
          201: true,
          400: 'bad parameter',
          404: 'no such image',
          500: 'server error',
        },
      }
      return guard(
        new Promise<ContainerCreated>((resolve, reject) =>
          docker.modem.dial(request as never, (error, created) =>
            error ? reject(error) : resolve(created as ContainerCreated),
          ),
        ),
      )
    },
    start: (id) => unlessAlready(at(id).start()),
    stop: (id, timeoutSeconds) => unlessAlready(at(id).stop(inSeconds(timeoutSeconds))),
    restart: (id, timeoutSeconds, { hot } = { hot: false }) =>
      done(at(id).restart({ ...inSeconds(timeoutSeconds), ...(hot ? { hot: true } : {}) })),
    kill: (id, signal) => done(at(id).kill(signal ? { signal } : {})),
    pause: (id) => done(at(id).pause()),
    unpause: (id) => done(at(id).unpause()),
    rename: (id, name) => done(at(id).rename({ name })),
    remove: (id, { force = false, volumes = false }) =>
      done(at(id).remove({ ...(force ? { force } : {}), ...(volumes ? { v: true } : {}) })),
    resize: (id, { rows, columns }) => done(at(id).resize({ h: rows, w: columns })),
    wait: async (id, condition, signal) => {
      const answer = await guard(
        at(id).wait({ ...(condition ? { condition } : {}), ...(signal ? { abortSignal: signal } : {}) }),
      )
      return (answer as { StatusCode: number }).StatusCode
    },
    top: (id) => guard(at(id).top()) as never,
    logs: (id, { follow = false, since, until, tail = 'all', timestamps = false }, signal) => {
      const options = {
        stdout: true,
        stderr: true,
        follow,
        timestamps,
        tail,
        ...(since ? { since } : {}),
        ...(until ? { until } : {}),
      }
      // dockerode's own call gives the stream itself only with `follow`; the answer's form does not depend on it.
      const request = {
        path: `/containers/${id}/logs?`,
        method: 'GET',
        isStream: true,
        abortSignal: signal,
        statusCodes: { 200: true, 404: 'no such container', 500: 'server error' },
        options,
      }
      return guard(
        new Promise<Readable>((resolve, reject) =>
          docker.modem.dial(request as never, (error, stream) =>
            error ? reject(error) : resolve(stream as Readable),
          ),
        ),
      )
    },
    attach: (id, { stdin }) =>
      guard(
        at(id).attach({ stream: true, hijack: true, stdin, stdout: true, stderr: true }),
      ) as unknown as Promise<Duplex>,
    readFiles: (id, path) => guard(at(id).getArchive({ path })) as Promise<unknown> as Promise<Readable>,
    writeFiles: (id, path, tar, { sync } = { sync: false }) =>
      done(
        at(id).putArchive(tar, {
          path,
          ...(sync ? { sync: true } : { noOverwriteDirNonDir: true }),
        } as never),
      ),
  }
}
