import { request } from 'node:http'
import { isSystemError } from '@container-compose/core'
import type { EngineRoot } from './root.ts'

/** What an engine tells about itself: `container-compose engine status --format json`. */
export interface EngineStatus {
  readonly socket: string
  readonly pid: number
  readonly version: string
  readonly apiVersion: string
  readonly build: string
  /** Milliseconds since the epoch. */
  readonly startedAt: number
  readonly root: Pick<EngineRoot, 'data' | 'run' | 'cache' | 'logFile'>
  readonly runtime: {
    /** What `runtime: auto`, or none, means here. */
    readonly default: string
    readonly reason: string
    readonly version: string
    readonly acceleration?: 'kvm' | 'tcg'
    readonly accelerationReason: string
  }
  readonly containers: { readonly total: number; readonly running: number; readonly paused: number }
  readonly images: number
  readonly networks: number
  readonly volumes: number
}

/** Header of every answer: the build of the engine. */
export const buildHeader = 'Container-Compose-Build'

/** The build of the engine that answers on the root's socket; undefined when none does. */
export const runningBuild = async (root: EngineRoot): Promise<string | undefined> => {
  const answer = await ask(root, 'HEAD', '/_ping')
  return answer === undefined ? undefined : (answer.build ?? '')
}

/** What the engine of the root says about itself; undefined when none runs. */
export const engineStatus = async (root: EngineRoot): Promise<EngineStatus | undefined> => {
  const answer = await ask(root, 'GET', '/engine/status')
  return answer === undefined ? undefined : (JSON.parse(answer.body) as EngineStatus)
}

/**
 * Ends the engine of the root; containers run on unless `containers` is set. Resolves when the engine has let go of everything,
 * with false when none ran.
 */
export const stopEngine = async (
  root: EngineRoot,
  options: { readonly containers: boolean } = { containers: false },
): Promise<boolean> => {
  const answer = await ask(root, 'POST', `/engine/stop?containers=${options.containers ? 1 : 0}`)
  return answer !== undefined
}

interface Answer {
  readonly body: string
  readonly build: string | undefined
}

const ask = (root: EngineRoot, method: string, path: string): Promise<Answer | undefined> =>
  new Promise((resolve, reject) => {
    const outgoing = request({ socketPath: root.socket, method, path, agent: false }, (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('error', reject)
      response.on('end', () => {
        const body = Buffer.concat(chunks).toString()
        const build = response.headers[buildHeader.toLowerCase()]
        if ((response.statusCode ?? 500) < 300)
          resolve({ body, build: Array.isArray(build) ? build[0] : build })
        else reject(new Error(`engine answered ${response.statusCode} to ${method} ${path}: ${body}`))
      })
    })
    outgoing.on('error', (error) => {
      if (noEngine.some((code) => isSystemError(error, code))) resolve(undefined)
      else reject(error)
    })
    outgoing.end()
  })

/** No socket, nobody behind it, or it went away while it was asked. */
const noEngine = ['ENOENT', 'ECONNREFUSED', 'ECONNRESET', 'ENOTDIR', 'EPIPE']
