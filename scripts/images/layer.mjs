import { execFileSync, spawnSync } from 'node:child_process'
import * as fs from 'node:fs'
import { join } from 'node:path'
import { fail, pack, run, withTriplet } from './tools.mjs'

/** The path of each package's file, as this machine's apt has it; what was fetched before is used again unless `refresh` is set. */
export function download(packages, dir, { refresh }) {
  if (refresh) fs.rmSync(dir, { recursive: true, force: true })
  fs.mkdirSync(dir, { recursive: true })
  const fileOf = (name) => fs.readdirSync(dir).find((file) => file.startsWith(`${name}_`))
  const missing = packages.filter((name) => fileOf(name) === undefined)
  if (missing.length > 0) fetch(missing, dir)
  return Object.fromEntries(packages.map((name) => [name, join(dir, fileOf(name))]))
}

function fetch(packages, dir) {
  const stdio = ['ignore', 'ignore', 'pipe']
  const apt = (...args) =>
    spawnSync('apt-get', ['-qq', '-o', 'APT::Sandbox::User=root', ...args], {
      cwd: dir,
      stdio,
      encoding: 'utf8',
    })
  if (apt('download', ...packages).status === 0) return
  // No package lists yet, or older than what the archive still has.
  apt('update')
  const { status, stderr } = apt('download', ...packages)
  if (status !== 0)
    fail(`apt-get can't download the packages: ${stderr.split('\n').find((line) => line.startsWith('E:'))}`)
}

/** Unpacks packages into a tree with merged /usr, fills it, and packs it with sorted names and fixed times. */
export function makeLayer(name, { on, packages, fill, check = [] }, { debs, work, made }) {
  const tree = join(work, name)
  const links = ['bin', 'sbin', 'lib', 'lib64']
  for (const link of links) {
    fs.mkdirSync(join(tree, 'usr', link), { recursive: true })
    fs.symlinkSync(`usr/${link}`, join(tree, link))
  }
  for (const deb of packages.map((name) => debs[name]))
    execFileSync('sh', [
      '-c',
      'dpkg-deb --fsys-tarfile "$1" | tar -x --keep-directory-symlink -C "$2"',
      'sh',
      deb,
      tree,
    ])
  for (const junk of [
    'bug',
    'common-licenses',
    'doc',
    'doc-base',
    'info',
    'initramfs-tools',
    'lintian',
    'locale',
    'man',
    'vim',
  ])
    fs.rmSync(join(tree, 'usr/share', junk), { recursive: true, force: true })
  for (const junk of [
    'etc/cron.daily',
    'etc/default',
    'etc/init.d',
    'etc/logrotate.d',
    'etc/ufw',
    'lib/systemd',
    withTriplet('usr/lib/TRIPLET/gconv'),
  ])
    fs.rmSync(join(tree, junk), { recursive: true, force: true })
  fill?.(tree)
  const below = on === undefined ? [] : made[on].trees
  const trees = [...below, tree]
  if (check.length > 0) completeLibraries(name, trees, check.map(withTriplet))
  if (below.length > 0) for (const link of links) fs.rmSync(join(tree, link))
  const file = join(work, `${name}.tar`)
  pack(file, tree, ['.'])
  return { trees, files: [...(on === undefined ? [] : made[on].files), file] }
}

/** Checks that programs find their libraries in the merged tree, and gives the top layer the cache by which they find them quickly. */
function completeLibraries(name, trees, programs) {
  const merged = `${trees.at(-1)}-merged`
  fs.mkdirSync(merged)
  for (const tree of trees) execFileSync('cp', ['-a', '--no-target-directory', tree, merged])
  fs.writeFileSync(join(merged, 'etc/ld.so.conf'), withTriplet('/usr/lib/TRIPLET\n'))
  execFileSync('ldconfig', ['-r', merged])
  for (const program of programs) {
    const loader = fs.readdirSync(join(merged, 'lib64')).find((file) => file.startsWith('ld-linux'))
    const listed = run('chroot', merged, `/lib64/${loader}`, '--list', program)
    if (/not found/.test(listed))
      fail(`${name}: ${program} lacks a library; name its package in the script:\n${listed}`)
  }
  fs.mkdirSync(join(trees.at(-1), 'etc'), { recursive: true })
  for (const file of ['etc/ld.so.conf', 'etc/ld.so.cache'])
    fs.copyFileSync(join(merged, file), join(trees.at(-1), file))
  fs.rmSync(merged, { recursive: true })
}
