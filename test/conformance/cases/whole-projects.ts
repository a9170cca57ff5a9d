import { type Case, json, yaml } from '../case.ts'
import { projects } from '../texts.ts'

const questions: readonly (readonly string[])[] = [
  json,
  yaml,
  ['--profile', '*', 'config'],
  ['config', '--no-interpolate'],
  ['config', '--no-normalize', '--no-path-resolution'],
  ['config', '--variables'],
  ['config', '--images'],
  ['config', '--hash', '*'],
  ['config', '--environment'],
  ['config', '--services'],
]

/** Projects of the shapes that people have. */
export const wholeProjects = function* (): Generator<Case> {
  for (const [name, files] of projects('whole-projects'))
    for (const args of questions)
      yield { name: `${name}: ${args.join(' ')}`, files, args, env: { DB_PASSWORD: 'p', SECRET_KEY: 'k$y' } }
}
