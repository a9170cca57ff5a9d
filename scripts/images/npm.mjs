import * as fs from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fail } from './tools.mjs'

/** What a program that runs has no use for. */
const isNeeded = (path) => !/\.(d\.[cm]?ts|map|md)$/.test(path)

/**
 * Puts installed packages with all that they need, as this machine has it, into a flat node_modules. `from`: a file whose
 * node_modules has the packages.
 */
export function copyPackages(names, from, modules) {
  const versions = new Map()
  const add = (name, importer, isOptional) => {
    const dir = folderOf(name, importer)
    if (dir === undefined && isOptional) return
    if (dir === undefined) fail(`${importer} needs ${name}, which is not installed`)
    const manifest = JSON.parse(fs.readFileSync(join(dir, 'package.json'), 'utf8'))
    const known = versions.get(name)
    if (known !== undefined && known !== manifest.version)
      fail(`two versions of ${name} are needed: ${known} and ${manifest.version}`)
    if (known !== undefined) return
    versions.set(name, manifest.version)
    fs.cpSync(dir, join(modules, name), {
      recursive: true,
      filter: (path) => isNeeded(path) && !path.startsWith(join(dir, 'node_modules')),
    })
    const own = join(dir, 'package.json')
    for (const needed of Object.keys(manifest.dependencies ?? {})) add(needed, own, false)
    for (const needed of Object.keys(manifest.optionalDependencies ?? {})) add(needed, own, true)
  }
  for (const name of names) add(name, from, false)
}

/** The real path of a package that a file may import. */
function folderOf(name, importer) {
  for (const modules of createRequire(fs.realpathSync(importer)).resolve.paths(name) ?? [])
    if (fs.existsSync(join(modules, name, 'package.json'))) return fs.realpathSync(join(modules, name))
  return undefined
}

/** What `copyPackages` depends on, for keys: the versions of the packages themselves, which pin the rest. */
export const packageVersions = (names, from) =>
  names.map((name) => fs.readFileSync(join(dirname(from), 'node_modules', name, 'package.json')))
