import { UserError } from '@container-compose/core'
import { commands } from './index.ts'

/** What to do as long as a command of Docker Compose is not there. `docker` speaks to our engine with `-H`. */
const instead: Readonly<Record<string, string>> = {
  attach: 'docker -H unix://SOCKET attach CONTAINER; container-compose engine status names the socket',
  commit: 'nothing does the same; write a Dockerfile',
  cp: 'docker -H unix://SOCKET cp …; container-compose engine status names the socket',
  events: 'docker -H unix://SOCKET events; container-compose engine status names the socket',
  export: 'docker -H unix://SOCKET cp CONTAINER:/ - > files.tar',
  publish: 'nothing does the same',
  stats: 'container-compose top, and container-compose machines for the limits',
  volumes: 'docker -H unix://SOCKET volume ls; container-compose engine status names the socket',
}

/** Commands of Docker Compose that this program does not know at all. */
export const commandsToCome = Object.keys(instead).filter((name) => !Object.hasOwn(commands, name))

/** The error for a command that Docker Compose has and this program has not; undefined for one that nobody has. */
export const unsupportedCommand = (name: string): UserError | undefined =>
  Object.hasOwn(instead, name)
    ? new UserError('UNSUPPORTED_COMMAND', `"${name}" is not supported yet`, { hint: instead[name] })
    : undefined
