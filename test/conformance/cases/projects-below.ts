import { readdirSync } from 'node:fs'
import { join, relative } from 'node:path'
import type { Case } from '../case.ts'

/** Every file below a folder that is named as Compose files are, each as a project of its own. */
export const projectsBelow = function* (root: string): Generator<Case> {
  for (const entry of readdirSync(root, { withFileTypes: true, recursive: true })) {
    if (!entry.isFile() || !/compose.*\.ya?ml$/.test(entry.name)) continue
    const folder = entry.parentPath
    const name = relative(root, join(folder, entry.name))
    for (const args of [
      ['config'],
      ['config', '--format', 'json', '--no-interpolate'],
      ['--profile', '*', 'config', '--format', 'json'],
    ])
      yield { name: `${name} ${args.join(' ')}`, files: {}, folder, args: ['-f', entry.name, ...args] }
  }
}
