#!/usr/bin/env node
// Makes the images of the demo out of Debian packages: .cache/images/{busybox,web,app,redis}.tar, in the form of `docker save`,
// tagged demo/NAME:1; with `--tests` also watchers.tar. Needs root (files keep their owners) and the machine's own apt sources; nothing is installed.
// Packages are unpacked, their maintainer scripts never run; the same packages give the same image ids. Does nothing when the
// images are there: `--refresh` asks apt for newer packages.
import * as fs from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { demo, layers, sets } from './images/definitions.mjs'
import { download, makeLayer } from './images/layer.mjs'
import { architecture, created, fail, pack, sha256 } from './images/tools.mjs'

const root = fileURLToPath(new URL('..', import.meta.url))
const out = join(root, '.cache/images')
const path = 'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'

function main() {
  const refresh = process.argv.includes('--refresh')
  makeSet('demo', refresh)
  if (process.argv.includes('--tests')) makeSet('tests', refresh)
}

function makeSet(set, refresh) {
  const { images, inputs } = sets[set]
  const sources = [fileURLToPath(import.meta.url), ...files(join(root, 'scripts/images')), ...files(demo)]
  const key = sha256([...sources.map((file) => fs.readFileSync(file)), ...inputs()])
  const stamp = join(out, `key-${set}`)
  const archives = Object.keys(images).map((name) => join(out, `${name}.tar`))
  const isThere = [stamp, ...archives].every((file) => fs.existsSync(file))
  if (isThere && !refresh && fs.readFileSync(stamp, 'utf8') === key) return
  if (process.getuid() !== 0) fail('the files of an image keep their owners, so this needs root')
  console.error(`Making the images of the ${set} from Debian packages`)
  fs.mkdirSync(out, { recursive: true })
  fs.rmSync(stamp, { force: true })
  const work = fs.mkdtempSync(join(out, 'work-'))
  try {
    const needed = Object.entries(layers).filter(([name]) => isBelow(name, Object.keys(images)))
    const packages = [...new Set(needed.flatMap(([, { packages }]) => packages))]
    const debs = download(packages, join(out, 'debs'), { refresh })
    const made = {}
    for (const [name, layer] of needed) made[name] = makeLayer(name, layer, { debs, work, made })
    for (const [name, config] of Object.entries(images)) makeImage(name, config, { work, made })
    fs.writeFileSync(stamp, key)
  } finally {
    fs.rmSync(work, { recursive: true })
  }
}

/** A layer that one of the images has. */
const isBelow = (layer, images) =>
  images.some(
    (name) => name === layer || (layers[name].on !== undefined && isBelow(layer, [layers[name].on])),
  )

function makeImage(name, config, { work, made }) {
  const dir = join(work, `image-${name}`)
  const digests = made[name].files.map((file) => sha256([fs.readFileSync(file)]))
  const image = JSON.stringify({
    architecture: architecture,
    os: 'linux',
    created,
    config: { Env: [path], ...config },
    rootfs: { type: 'layers', diff_ids: digests.map((digest) => `sha256:${digest}`) },
    history: digests.map(() => ({ created, created_by: 'make-images' })),
  })
  const members = [`${sha256([image])}.json`, ...digests.map((digest) => `${digest}.tar`), 'manifest.json']
  const [configFile, ...layerFiles] = members.slice(0, -1)
  fs.mkdirSync(dir)
  fs.writeFileSync(join(dir, configFile), image)
  fs.writeFileSync(
    join(dir, 'manifest.json'),
    JSON.stringify([{ Config: configFile, RepoTags: [`demo/${name}:1`], Layers: layerFiles }]),
  )
  for (const [i, file] of layerFiles.entries()) fs.linkSync(made[name].files[i], join(dir, file))
  pack(
    join(out, `${name}.tar.new`),
    dir,
    members,
    '--owner=0',
    '--group=0',
    '--mode=0644',
    '--hard-dereference',
  )
  fs.renameSync(join(out, `${name}.tar.new`), join(out, `${name}.tar`))
  console.error(`  demo/${name}:1  ${(fs.statSync(join(out, `${name}.tar`)).size / 1e6).toFixed(1)} MB`)
}

/** Paths of all files below a folder, sorted. */
const files = (dir) =>
  fs
    .readdirSync(dir, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name))
    .sort()

try {
  main()
} catch (error) {
  console.error(error.message)
  process.exitCode = 1
}
