import { type Case, yaml } from '../case.ts'
import { projects } from '../texts.ts'

/** Includes, extends and overrides. */
export const references = function* (): Generator<Case> {
  for (const [name, files] of projects('references')) {
    yield { name, files }
    yield { name: `${name} yaml`, files, args: yaml }
    yield { name: `${name} raw`, files, args: ['config', '--no-interpolate'] }
    yield { name: `${name} unresolved`, files, args: ['config', '--no-path-resolution', '--no-normalize'] }
    yield {
      name: `${name} elsewhere`,
      files: { ...files, 'deep/x': '' },
      cwd: 'deep',
      args: ['config'],
    }
    yield {
      name: `${name} by -f`,
      files: { ...files, 'deep/x': '' },
      cwd: 'deep',
      args: ['-f', '../compose.yaml', 'config'],
    }
    yield { name: `${name} variables`, files, args: ['config', '--variables'] }
    yield { name: `${name} loose`, files, args: ['config', '--no-consistency'] }
  }
}
