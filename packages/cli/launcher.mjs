#!/usr/bin/env node
// Starts the bundle beside it from V8's code cache, so that nothing is parsed and compiled anew at every command.
// (Node.js 20 has no `module.enableCompileCache`.) The cache belongs to one bundle and one V8; whenever there is none that
// fits, the program starts without it and leaves one for the next time.
// Built-in modules are asked for in this way since an import of one loads all that it exports.
const builtIn = process.getBuiltinModule
const { readFileSync, renameSync, rmSync, statSync, writeFileSync } = builtIn('fs')
const { createRequire } = builtIn('module')
const { dirname, join } = builtIn('path')
const { fileURLToPath } = builtIn('url')
const { setFlagsFromString } = builtIn('v8')
const { Script } = builtIn('vm')

// What a command does it does once: code that is optimized when it has run for a second or so comes too late for it, and the
// thread that makes it takes a core from everybody. A third of the CPU time of `config` with 1,000 services was that. The
// engine stays, and sets V8's own value again below.
setFlagsFromString('--interrupt-budget=800000')
// New objects mostly stay: fewer collections, each of which copies them.
setFlagsFromString('--semi-space-growth-factor=8')

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
// The build warms the cache with several commands, each of which adds what it compiled.
const isWarming = process.env.CONTAINER_COMPOSE_WARM_CACHE === '1'
if (cachedData === undefined || script.cachedDataRejected || isWarming) process.once('exit', writeCache)

if (process.argv.includes('engine')) setFlagsFromString('--interrupt-budget=67584')

const module = { exports: {} }
script.runInThisContext()(module.exports, createRequire(bundle), module, bundle, folder)
