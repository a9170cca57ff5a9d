import { createHash } from 'node:crypto'
import { lstatSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { UserError } from '@container-compose/core'
import { endpointOf } from '../engine.ts'
import type { AnyInvocation } from '../project.ts'

/**
 * Keeps a second `watch` of the project away until this process ends, however it ends: two would bring every change over twice, and
 * put containers in each other's place.
 *
 * @throws UserError `WATCH_LOCKED` in Docker Compose's words when there is one already.
 */
export const lockForWatching = async (invocation: AnyInvocation, project: string): Promise<void> => {
  const { tryLock } = await import('@container-compose/engine')
  const { name } = await endpointOf(invocation)
  const key = createHash('sha256').update(`${name}\0${project}`).digest('hex').slice(0, 16)
  const path = join(folderOf(invocation), `watch-${key}.lock`)
  if (tryLock(path) === undefined)
    throw new UserError(
      'WATCH_LOCKED',
      `cannot take exclusive lock for project "${project}": process with PID ${readFileSync(path, 'utf8').trim() || 'unknown'} is still running`,
      { hint: 'that one watches already: end it, or leave it to its work' },
    )
  writeFileSync(path, `${process.pid}\n`)
}

/** A directory that nobody else can put anything into. */
const folderOf = ({ world: { machine } }: AnyInvocation): string => {
  const uid = machine.uid ?? 0
  const folder = join(tmpdir(), `container-compose-${uid}`)
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const found = lstatSync(folder)
  if (!found.isDirectory() || found.uid !== uid)
    throw new UserError('WATCH_LOCKED', `${folder} belongs to somebody else`, { hint: `remove ${folder}` })
  return folder
}
