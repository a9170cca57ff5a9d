// The image of the programs that watch files; only tests use it.
import { execFileSync } from 'node:child_process'
import * as fs from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { copyPackages, packageVersions } from './npm.mjs'

const manifest = fileURLToPath(new URL('../../test/package.json', import.meta.url))
const packages = ['chokidar', 'vite']

/** Node.js and what npm brings are this machine's. */
export const inputs = () => [
  process.version,
  fs.readFileSync(manifest),
  ...packageVersions(packages, manifest),
]

export const layer = {
  on: 'libc',
  packages: [
    ...['inotify-tools', 'libexpat1', 'libffi8', 'libinotifytools0', 'libpython3.11-minimal'],
    ...['libpython3.11-stdlib', 'libstdc++6', 'python3-watchdog', 'python3.11-minimal'],
  ],
  fill: fillWatchers,
  check: ['/usr/local/bin/node', '/usr/bin/inotifywait', '/usr/bin/python3.11'],
}

function fillWatchers(tree) {
  const node = join(tree, 'usr/local/bin/node')
  fs.mkdirSync(dirname(node), { recursive: true })
  fs.copyFileSync(process.execPath, node)
  fs.chmodSync(node, 0o755)
  copyPackages(packages, manifest, join(tree, 'node_modules'))
  // What importing would do in the machine, slowly.
  const python = ['usr/lib/python3.11', 'usr/lib/python3/dist-packages'].map((dir) => join(tree, dir))
  execFileSync('/usr/bin/python3', [
    '-m',
    'compileall',
    '-q',
    '--invalidation-mode=unchecked-hash',
    '-s',
    tree,
    ...python,
  ])
}
