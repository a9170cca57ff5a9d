import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { execa } from 'execa'
import { afterEach, expect, test } from 'vitest'
import { caged, cageEnvironment } from './cage.ts'

let folder = ''
const made = (name: string): string => {
  const path = join(folder, name)
  mkdirSync(path)
  return path
}
afterEach(() => rmSync(folder, { recursive: true }))

// Where temporary files of a build are, where those of the machine are, and where programs are shown read-only.
for (const place of ['/var/tmp', '/tmp', '/opt'])
  test(`directories below ${place} are in the cage, writable or not, and their neighbours are not`, async () => {
    mkdirSync(place, { recursive: true })
    folder = mkdtempSync(join(place, 'cage-'))
    const directories = { writable: [made('out')], readable: [made('context')] }
    made('neighbour')
    writeFileSync(join(folder, 'context/file'), 'content')
    const [program, ...args] = caged(
      {
        ...directories,
        root: made('root'),
        temporary: made('temporary'),
        caches: made('caches'),
        network: 'none',
      },
      ['sh', '-c', 'cd "$0"; cp context/file out/copy; touch context/new; ls; touch /var/tmp/kept', folder],
    )
    const { stdout, stderr } = await execa(program, args, { env: cageEnvironment, reject: false })
    expect(stderr).toContain("'context/new': Read-only file system")
    if (place !== '/opt') expect(stdout.split('\n')).toEqual(['context', 'out'])
    expect(readFileSync(join(folder, 'out/copy'), 'utf8')).toBe('content')
    expect(existsSync(join(folder, 'context/new'))).toBe(false)
    expect(existsSync(join(folder, 'temporary/kept'))).toBe(true)
  })
