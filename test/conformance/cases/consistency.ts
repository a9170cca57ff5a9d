import { type Case, yaml } from '../case.ts'
import { lines } from '../texts.ts'

/** Rules across attributes. */
export const consistency = function* (): Generator<Case> {
  for (const body of lines('consistency')) {
    const files = { 'compose.yaml': `${body}\n` }
    yield { name: body, files }
    yield { name: `${body} yaml`, files, args: yaml }
    yield { name: `${body} -q`, files, args: ['config', '-q'] }
    yield { name: `${body} p`, files, args: ['--profile', 'p', 'config', '--format', 'json'] }
    yield { name: `${body} loose`, files, args: ['config', '--no-consistency'] }
    yield { name: `${body} hash`, files, args: ['config', '--hash', '*'] }
    yield {
      name: `${body} raw`,
      files,
      args: ['config', '--no-interpolate', '--no-normalize', '--no-path-resolution'],
    }
    yield { name: `${body} images`, files, args: ['config', '--images'] }
  }
}
