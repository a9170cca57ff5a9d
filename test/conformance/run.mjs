#!/usr/bin/env node
// Runs a tool of this folder, which is TypeScript: node test/conformance/run.mjs differential|fuzz [options]
import { rmSync } from 'node:fs'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { build } from 'esbuild'

const [tool = 'differential'] = process.argv.splice(2, 1)
// Beside the sources, so that they find their texts.
const outfile = fileURLToPath(new URL(`.tool-${process.pid}.mjs`, import.meta.url))
await build({
  entryPoints: [fileURLToPath(new URL(`${tool}.ts`, import.meta.url))],
  outfile,
  bundle: true,
  platform: 'node',
  target: 'node20',
  format: 'esm',
  external: ['cpu-features', '*.node'],
  banner: {
    js: "import { createRequire as requireFrom } from 'node:module'; const require = requireFrom(import.meta.url); const __dirname = '/';",
  },
  logLevel: 'error',
})
try {
  await import(pathToFileURL(outfile).href)
} finally {
  rmSync(outfile)
}
