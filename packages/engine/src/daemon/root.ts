import { join } from 'node:path'
import { UserError } from '@container-compose/core'

/** Where an engine keeps its things. Two engines with different roots know nothing of each other. */
export interface EngineRoot {
  /** Survives a reboot. */
  readonly data: string
  /** Sockets, locks, the engine's own log. */
  readonly run: string
  /** Templates, blobs, layers, bases: keyed by content, shared by all engines of the machine. */
  readonly cache: string
  readonly settingsFile: string
  /** The Docker Engine API. */
  readonly socket: string
  /** Held (flock) by the engine that runs. */
  readonly lockFile: string
  /** Pid of the engine that runs. */
  readonly pidFile: string
  readonly logFile: string
}

/**
 * The folders that an environment means. `CONTAINER_COMPOSE_ROOT` moves state, runtime directory and settings together;
 * `CONTAINER_COMPOSE_CACHE` moves the cache.
 *
 * @throws UserError `ROOT_PATH` when sockets below the root would have names that the kernel does not take.
 */
export const engineRoot = (environment: Readonly<Record<string, string | undefined>>): EngineRoot => {
  const root = environment['CONTAINER_COMPOSE_ROOT']
  const data = root ? join(root, 'data') : '/var/lib/container-compose'
  const run = root ? join(root, 'run') : '/run/container-compose'
  if (root && !root.startsWith('/'))
    throw new UserError('ROOT_PATH', `CONTAINER_COMPOSE_ROOT is not an absolute path: ${root}`)
  if (Buffer.byteLength(run) > longestRunPath)
    throw new UserError(
      'ROOT_PATH',
      `the runtime directory ${run} is too long for the sockets in it (${Buffer.byteLength(run)} bytes, at most ${longestRunPath})`,
      { hint: 'set CONTAINER_COMPOSE_ROOT to a shorter path' },
    )
  return {
    data,
    run,
    cache: environment['CONTAINER_COMPOSE_CACHE'] || '/var/cache/container-compose',
    settingsFile: root ? join(root, 'settings.json') : '/etc/container-compose/settings.json',
    socket: join(run, 'engine.sock'),
    lockFile: join(run, 'engine.lock'),
    pidFile: join(run, 'engine.pid'),
    logFile: join(run, 'engine.log'),
  }
}

/** `sun_path` holds 107 bytes; a container's sockets are named `<run>/c/<12 digits>/<up to 20 bytes>`. */
const longestRunPath = 107 - '/c/123456789012/'.length - 20
