import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'

/** What each package may import of the others. Never the inside of one: only its index. */
export const allowedImports: Record<string, readonly string[]> = {
  core: [],
  native: ['core'],
  net: ['core'],
  compose: ['core'],
  guest: ['core'],
  engine: ['core', 'net', 'native', 'guest'],
  orchestrator: ['core', 'compose', 'net'],
  cli: ['core', 'compose', 'orchestrator', 'engine'],
}

/** The folder where a library lives, or those of two sides that never meet: nobody else imports it. */
export const libraryHomes: Record<string, string | readonly string[]> = {
  commander: 'packages/cli/src',
  'dns-packet': 'packages/net/src/dns',
  dockerode: 'packages/orchestrator/src/client',
  'ip-num': 'packages/net/src/address',
  listr2: 'packages/cli/src/progress',
  pino: 'packages/engine/src/daemon',
  'tar-stream': ['packages/engine/src', 'packages/orchestrator/src/builds'],
  yaml: 'packages/compose/src/parse',
}

export const longestFile = 300

/** Files that may be longer, each with its reason. */
export const longFiles: Record<string, string> = {}

const sourceFile = /\.(ts|cc|c|h)$/

/** Paths of all hand-written sources, relative to the root. */
export const sourceFiles = (root: string): string[] => {
  const found: string[] = []
  const walk = (dir: string): void => {
    for (const entry of readdirSync(join(root, dir), { withFileTypes: true })) {
      if (['node_modules', 'types', 'dist', 'build'].includes(entry.name)) continue
      const path = join(dir, entry.name)
      if (entry.isDirectory()) walk(path)
      else if (sourceFile.test(entry.name)) found.push(path)
    }
  }
  for (const dir of ['packages', 'test', 'bench']) if (existsSync(join(root, dir))) walk(dir)
  return found
}

/** The faults of one file against the rules of the house. */
export const faultsOf = (path: string, text: string): string[] => {
  const faults: string[] = []
  const lines = text.split('\n').length - 1
  if (lines > longestFile && longFiles[path] === undefined)
    faults.push(`${path}: ${lines} lines, at most ${longestFile}`)
  const owner = /^packages\/([^/]+)\//.exec(path)?.[1]
  const isTest = path.endsWith('.test.ts')
  for (const [, , specifier = ''] of text.matchAll(/(from|import)\s*\(?\s*['"]([^'"\n]+)['"]/g)) {
    const name = specifier.startsWith('@')
      ? specifier.split('/').slice(0, 2).join('/')
      : (specifier.split('/')[0] ?? '')
    const other = /^@container-compose\/(.+)$/.exec(name)?.[1]
    if (other !== undefined && owner !== undefined) {
      if (!allowedImports[owner]?.includes(other)) faults.push(`${path}: ${owner} must not import ${other}`)
      if (specifier !== name) faults.push(`${path}: imports the inside of ${other}: ${specifier}`)
    }
    if (specifier.startsWith('.') && owner !== undefined) {
      const target = relative('', join(path, '..', specifier))
      if (!target.startsWith(`packages/${owner}/`))
        faults.push(`${path}: reaches outside its package: ${specifier}`)
    }
    const homes = [libraryHomes[name] ?? []].flat()
    if (
      homes.length > 0 &&
      owner !== undefined &&
      !isTest &&
      !homes.some((home) => path.startsWith(`${home}/`))
    )
      faults.push(`${path}: ${name} lives in ${homes.join(', ')}`)
  }
  return faults
}

export const readSource = (root: string, path: string): string => readFileSync(join(root, path), 'utf8')
