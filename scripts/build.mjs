#!/usr/bin/env node
// Builds the product into packages/cli/dist: one bundle, and beside it the native addon and the programs in C.
import { spawnSync } from 'node:child_process'
import { copyFileSync, existsSync, readdirSync, renameSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { bundle } from './bundle.mjs'

const root = fileURLToPath(new URL('..', import.meta.url))
const dist = join(root, 'packages/cli/dist')

/** Each of these packages has a `build.mjs` that compiles what is out of date into its `build` folder. */
const compiled = { guest: ['agent', 'mount-server', 'socket-server'], native: ['native.node', 'cage'] }

for (const name of Object.keys(compiled)) {
  const script = join(root, 'packages', name, 'build.mjs')
  if (!existsSync(script)) continue
  const { status } = spawnSync(process.execPath, [script], { stdio: 'inherit' })
  if (status !== 0) process.exit(1)
}

await bundle(root)

for (const [name, files] of Object.entries(compiled)) {
  const from = join(root, 'packages', name, 'build')
  if (!existsSync(from)) continue
  for (const file of readdirSync(from)) {
    if (!files.includes(file)) continue
    // A program that runs cannot be written to, but its name can be given to another file.
    const fresh = join(dist, `.${file}`)
    copyFileSync(join(from, file), fresh)
    renameSync(fresh, join(dist, file))
  }
}
