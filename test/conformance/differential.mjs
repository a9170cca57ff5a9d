#!/usr/bin/env node
// node test/conformance/differential.mjs --reference /path/to/docker-compose [--group NAME] [--case PART] [--report FILE]
import { rmSync } from 'node:fs'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { build } from 'esbuild'

// Beside the sources, so that they find their texts.
const outfile = fileURLToPath(new URL(`.differential-${process.pid}.mjs`, import.meta.url))
await build({
  entryPoints: [fileURLToPath(new URL('differential.ts', import.meta.url))],
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
