#!/usr/bin/env node
// Compiles what is out of date into build/: the addon (native.node) and, where its sources are, the launcher (cage).
// Plain g++ with npm's node-api-headers: nothing is downloaded and no Python is needed, as node-gyp would.
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const here = fileURLToPath(new URL('.', import.meta.url))
const build = join(here, 'build')
const objects = join(build, 'objects')
const require = createRequire(import.meta.url)

const napi = dirname(require.resolve('node-addon-api/package.json'))
const nodeApi = dirname(require.resolve('node-api-headers/package.json'))
const common = ['-O2', '-g1', '-Wall', '-Wextra', '-Werror', '-fstack-protector-strong', '-pthread']
const programs = [
  {
    output: 'native.node',
    sources: 'src',
    extension: '.cc',
    compiler: process.env.CXX ?? 'g++',
    compile: [
      ...common,
      ...['-std=c++17', '-fPIC', '-fvisibility=hidden', '-fno-rtti', '-Wno-unused-parameter'],
      ...['-DNAPI_VERSION=9', '-DNAPI_CPP_EXCEPTIONS', '-DNODE_ADDON_API_DISABLE_DEPRECATED'],
      ...['-isystem', napi, '-isystem', join(nodeApi, 'include')],
    ],
    link: ['-shared', '-pthread'],
  },
  {
    output: 'cage',
    sources: 'cage',
    extension: '.c',
    compiler: process.env.CC ?? 'gcc',
    compile: [...common, '-std=gnu11', '-D_GNU_SOURCE'],
    link: ['-static'],
  },
]

const filesBelow = (dir) =>
  readdirSync(dir, { recursive: true })
    .map((name) => join(dir, name))
    .sort()

const run = (command, args) =>
  new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: 'inherit' })
    child.on('error', (error) =>
      reject(
        error.code === 'ENOENT'
          ? new Error(`no compiler: ${command}; apt-get install build-essential`)
          : error,
      ),
    )
    child.on('exit', (code) => (code === 0 ? resolve() : reject(new Error(`${command} failed (${code})`))))
  })

/** Objects are named for all that goes into them, so what exists is up to date. */
const compile = async ({ sources, extension, compiler, compile: flags }) => {
  const files = filesBelow(join(here, sources))
  const shared = createHash('sha256').update(JSON.stringify([compiler, flags, process.arch]))
  for (const header of files.filter((file) => file.endsWith('.h'))) shared.update(readFileSync(header))
  return Promise.all(
    files
      .filter((file) => file.endsWith(extension))
      .map(async (file) => {
        const key = shared.copy().update(file).update(readFileSync(file)).digest('hex').slice(0, 16)
        const object = join(objects, `${key}.o`)
        if (!existsSync(object)) {
          const partial = `${object}.${process.pid}`
          await run(compiler, [...flags, '-c', file, '-o', partial])
          renameSync(partial, object)
        }
        return object
      }),
  )
}

const kept = new Set()
mkdirSync(objects, { recursive: true })
for (const program of programs.filter(({ sources }) => existsSync(join(here, sources)))) {
  const parts = await compile(program)
  const key = createHash('sha256')
    .update(JSON.stringify([parts, program.link]))
    .digest('hex')
    .slice(0, 16)
  const linked = join(objects, `${key}.linked`)
  const output = join(build, program.output)
  if (!existsSync(linked) || !existsSync(output)) {
    const partial = `${output}.${process.pid}`
    await run(program.compiler, [...parts, ...program.link, '-o', partial])
    renameSync(partial, output)
    writeFileSync(linked, '')
  }
  for (const file of [...parts, linked]) kept.add(file)
}
for (const file of filesBelow(objects)) if (!kept.has(file)) rmSync(file)
