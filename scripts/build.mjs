#!/usr/bin/env node
// Builds the product into packages/cli/dist: one bundle, and beside it the native addon and the programs in C.
import { spawnSync } from 'node:child_process'
import { copyFileSync, existsSync, mkdirSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

const root = fileURLToPath(new URL('..', import.meta.url))
const dist = join(root, 'packages/cli/dist')

/** Each of these packages has a `build.mjs` that compiles what is out of date into its `build` folder. */
const compiled = { guest: ['agent', 'mount-server'], native: ['native.node', 'cage'] }

for (const name of Object.keys(compiled)) {
  const script = join(root, 'packages', name, 'build.mjs')
  if (!existsSync(script)) continue
  const { status } = spawnSync(process.execPath, [script], { stdio: 'inherit' })
  if (status !== 0) process.exit(1)
}

mkdirSync(dist, { recursive: true })
await build({
  entryPoints: [join(root, 'packages/cli/src/main.ts')],
  outfile: join(dist, 'container-compose.mjs'),
  bundle: true,
  platform: 'node',
  target: 'node20',
  format: 'esm',
  minify: true,
  keepNames: true,
  legalComments: 'none',
  sourcemap: 'linked',
  // CommonJS packages inside the bundle ask for these three names.
  banner: {
    js: "#!/usr/bin/env node\nimport{createRequire as $r}from'node:module';import{dirname as $d}from'node:path';import{fileURLToPath as $f}from'node:url';const require=$r(import.meta.url),__filename=$f(import.meta.url),__dirname=$d(__filename);",
  },
  external: ['cpu-features', '*.node'],
  logLevel: 'warning',
})

for (const [name, files] of Object.entries(compiled)) {
  const from = join(root, 'packages', name, 'build')
  if (!existsSync(from)) continue
  for (const file of readdirSync(from))
    if (files.includes(file)) copyFileSync(join(from, file), join(dist, file))
}
