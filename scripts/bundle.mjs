// The command line in one file, packages/cli/dist/container-compose.cjs, and its launcher.
import { spawnSync } from 'node:child_process'
import { copyFileSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { build } from 'esbuild'

/**
 * What dockerode requires and we never call: gRPC and protobuf for BuildKit sessions, its own SSH client, packing of build
 * contexts. And docker-modem formats each request for a debug log that nobody reads, which costs more than sending it.
 */
const leanDockerClient = {
  name: 'lean-docker-client',
  setup(builder) {
    const unused = /^(@grpc\/grpc-js|@grpc\/proto-loader|protobufjs|ssh2|tar-fs|@balena\/dockerignore)$/
    const isDockerode = ({ importer }) => /node_modules\/(dockerode|docker-modem)\//.test(importer)
    builder.onResolve({ filter: unused }, (found) =>
      isDockerode(found) ? { path: found.path, namespace: 'unused' } : undefined,
    )
    builder.onLoad({ filter: /.*/, namespace: 'unused' }, () => ({ contents: 'module.exports = {}' }))
    builder.onLoad({ filter: /docker-modem\/lib\/modem\.js$/ }, ({ path }) => {
      const source = readFileSync(path, 'utf8')
      const contents = source.replaceAll('util.inspect(options', '((options) => options)(options')
      if (contents === source)
        throw new Error('docker-modem no longer formats its requests: drop this replacement')
      return { contents }
    })
  },
}

/** Modules of Node.js that cost milliseconds to load and that few commands need: loaded by the first call of a function. */
const lateBuiltins = {
  name: 'late-builtins',
  setup(builder) {
    const functions = {
      child_process: ['spawn'],
      crypto: ['createHash', 'randomBytes', 'randomInt', 'randomUUID'],
      https: ['request'],
      zlib: ['createGzip'],
    }
    const isEngine = /\/packages\/(engine|guest|native|net)\//
    // commander would start subcommands that are programs of their own; execa is the engine's.
    const isOnlySpawning = /\/node_modules\/commander\//
    builder.onResolve(
      { filter: /^(node:)?(child_process|crypto|https|zlib)$/ },
      ({ path, namespace, importer }) =>
        namespace === 'late' ||
        isEngine.test(importer) ||
        (path.endsWith('child_process') && !isOnlySpawning.test(importer))
          ? undefined
          : { path: path.replace('node:', ''), namespace: 'late' },
    )
    builder.onLoad({ filter: /.*/, namespace: 'late' }, ({ path }) => ({
      contents: functions[path]
        .map((name) => `export const ${name} = (...args) => require('node:${path}').${name}(...args)`)
        .join('\n'),
    }))
  },
}

export const bundle = async (root) => {
  const dist = join(root, 'packages/cli/dist')
  mkdirSync(dist, { recursive: true })
  for (const file of readdirSync(dist)) if (/\.cache(\.\d+)?$/.test(file)) rmSync(join(dist, file))
  await build({
    entryPoints: [join(root, 'packages/cli/src/main.ts')],
    outfile: join(dist, 'container-compose.cjs'),
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    minify: true,
    keepNames: true,
    legalComments: 'none',
    sourcemap: 'linked',
    // A script that is compiled by hand has no loader for modules; everything is in the bundle or built into Node.js.
    supported: { 'dynamic-import': false },
    define: { 'import.meta.url': 'importMetaUrl' },
    banner: { js: "const importMetaUrl=require('node:url').pathToFileURL(__filename).href;" },
    plugins: [leanDockerClient, lateBuiltins],
    external: ['cpu-features', '*.node'],
    logLevel: 'warning',
  })
  const entry = join(dist, 'container-compose.mjs')
  copyFileSync(join(root, 'packages/cli/launcher.mjs'), entry)
  // Commands that read a file, print it and reach the client leave the code cache for those that follow.
  const sample = join(root, 'scripts/sample.compose.yaml')
  for (const args of [
    ['-f', sample, 'config'],
    ['-H', `unix://${dist}/no.sock`, '-f', sample, 'ps'],
  ])
    spawnSync(process.execPath, [entry, ...args], {
      env: { ...process.env, CONTAINER_COMPOSE_WARM_CACHE: '1' },
    })
}
