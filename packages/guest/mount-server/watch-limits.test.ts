import * as fs from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { artifactPath } from '@container-compose/core'
import { expect, test } from 'vitest'
import { eventually, mountPort } from './testing/mounted-port.ts'

/**
 * Runs the server with limits of its own, those of a user namespace where it is root, and standard error in `log`. Only the server's
 * first line goes to standard output, which unshare would keep open.
 */
const limited = (limit: string, value: number, log: string): [string, ...string[]] => {
  const inside = `echo ${value} > /proc/sys/user/${limit}; exec "$@"`
  const apart = 'unshare --user --map-root-user --mount --pid --fork --mount-proc'
  const script = `${apart} sh -c '${inside}' sh "$@" 2>> ${log} | head -n 1 & exec >&-; wait`
  return ['sh', '-c', script, 'sh', artifactPath('mount-server')]
}

test.each([
  ['max_inotify_watches', 3, 'sysctl fs.inotify.max_user_watches='],
  ['max_inotify_instances', 0, 'sysctl fs.inotify.max_user_instances='],
])('beyond %s changes are still seen, and the log says what raises it', async (limit, value, remedy) => {
  const host = await fs.mkdtemp(join(tmpdir(), 'limits-'))
  const names = Array.from({ length: 6 }, (_, index) => `d${index}/f`)
  for (const name of names) {
    await fs.mkdir(join(host, name, '..'))
    await fs.writeFile(join(host, name), 'before')
  }
  const log = join(host, 'log')
  const port = await mountPort('plain', [`rw=${host}`], [], limited(limit, value, log))
  try {
    const inside = (name: string) => join(port.root, '0', name)
    for (const name of names) expect(await fs.readFile(inside(name), 'utf8')).toBe('before')
    for (const name of names) await fs.writeFile(join(host, name), 'after!')
    for (const name of names)
      await eventually(async () => (await fs.readFile(inside(name), 'utf8')) === 'after!' || undefined)
    const said = await fs.readFile(log, 'utf8')
    expect(said).toContain(remedy)
    // Once, however many directories there are.
    expect(said.trim().split('\n').length).toBe(1)
  } finally {
    await port[Symbol.asyncDispose]()
    await fs.rm(host, { recursive: true })
  }
})
