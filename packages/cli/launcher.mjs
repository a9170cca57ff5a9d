#!/usr/bin/env node
// Starts the bundle beside it from V8's code cache, so that nothing is parsed and compiled anew at every command.
// (Node.js 20 has no `module.enableCompileCache`.) The cache belongs to one bundle and one V8; whenever there is none that
// fits, the program starts without it and leaves one for the next time.
import { readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Script } from 'node:vm'

const folder = dirname(fileURLToPath(import.meta.url))
const bundle = join(folder, 'container-compose.cjs')
const { size, mtimeMs } = statSync(bundle)
const cacheFile = `${bundle}.${process.version}-${process.arch}-${size.toString(36)}${Math.round(mtimeMs).toString(36)}.cache`

const readCache = () => {
  try {
    return readFileSync(cacheFile)
  } catch {
    return undefined
  }
}

const writeCache = () => {
  const partial = `${cacheFile}.${process.pid}`
  try {
    writeFileSync(partial, script.createCachedData())
    renameSync(partial, cacheFile)
  } catch {
    // An installation that we may not write to is as good, only slower.
    rmSync(partial, { force: true })
  }
}

const cachedData = readCache()
// The bundle is ASCII, which is read fastest as Latin-1.
const source = `(function(exports,require,module,__filename,__dirname){${readFileSync(bundle, 'latin1')}\n})`
const script = new Script(source, { filename: bundle, ...(cachedData ? { cachedData } : {}) })
if (cachedData === undefined || script.cachedDataRejected) process.once('exit', writeCache)

const module = { exports: {} }
script.runInThisContext()(module.exports, createRequire(bundle), module, bundle, folder)
