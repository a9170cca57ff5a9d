// What the images of the demo and the tests are made of.
import * as fs from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { run, withTriplet } from './tools.mjs'
import * as watchers from './watchers.mjs'

/** The files of our own in the images. */
export const demo = fileURLToPath(new URL('../../fixtures/demo', import.meta.url))

/** Each layer lies on the one that `on` names. `check`: programs whose libraries must all be there. */
export const layers = {
  busybox: { packages: ['base-files', 'base-passwd', 'busybox-static', 'netbase'], fill: fillBusybox },
  libc: { on: 'busybox', packages: ['libc6', 'libcrypt1', 'libgcc-s1', 'zlib1g'] },
  web: {
    on: 'libc',
    packages: ['libpcre2-8-0', 'libssl3', 'nginx', 'nginx-common'],
    fill: fillWeb,
    check: ['/usr/sbin/nginx'],
  },
  app: {
    on: 'libc',
    packages: ['libreadline8', 'libtinfo6', 'lua-socket', 'lua5.4'],
    fill: fillApp,
    check: ['/usr/bin/lua5.4', '/usr/lib/TRIPLET/lua/5.4/socket/core.so'],
  },
  redis: {
    on: 'libc',
    packages: [
      ...[
        'libatomic1',
        'libcap2',
        'libgcrypt20',
        'libgpg-error0',
        'libjemalloc2',
        'liblz4-1',
        'liblzf1',
        'liblzma5',
      ],
      ...['libssl3', 'libstdc++6', 'libsystemd0', 'libzstd1', 'redis-server', 'redis-tools'],
    ],
    fill: fillRedis,
    check: ['/usr/bin/redis-server', '/usr/bin/redis-cli'],
  },
  watchers: watchers.layer,
}

/** Members of the image configuration, for each image of the demo. */
const ofDemo = {
  busybox: { Cmd: ['sh'] },
  web: {
    Cmd: ['nginx', '-g', 'daemon off;'],
    ExposedPorts: { '80/tcp': {} },
    StopSignal: 'SIGQUIT',
  },
  app: {
    User: 'app',
    WorkingDir: '/srv/app',
    Cmd: ['lua5.4', 'server.lua'],
    ExposedPorts: { '3000/tcp': {} },
  },
  redis: {
    User: 'redis',
    WorkingDir: '/data',
    Volumes: { '/data': {} },
    Cmd: [
      'redis-server',
      '--bind',
      '* -::*',
      '--protected-mode',
      'no',
      '--dir',
      '/data',
      '--appendonly',
      'yes',
      '--save',
      '',
    ],
    ExposedPorts: { '6379/tcp': {} },
  },
}

/** Images are made set by set; `inputs` are what they are made of beside the sources of this script. */
export const sets = {
  demo: { images: ofDemo, inputs: () => [] },
  tests: { images: { watchers: { Cmd: ['sh'] } }, inputs: watchers.inputs },
}

function fillBusybox(tree) {
  for (const dir of [
    'dev',
    'etc',
    'proc',
    'root',
    'run',
    'srv',
    'sys',
    'usr/local/bin',
    'usr/local/sbin',
    'var',
  ])
    fs.mkdirSync(join(tree, dir), { recursive: true })
  fs.mkdirSync(join(tree, 'tmp'), { recursive: true })
  fs.chmodSync(join(tree, 'tmp'), 0o1777)
  fs.chmodSync(join(tree, 'root'), 0o700)
  for (const name of ['run', 'lock']) fs.rmSync(join(tree, 'var', name), { recursive: true, force: true })
  fs.symlinkSync('../run', join(tree, 'var/run'))
  const busybox = join(tree, 'usr/bin/busybox')
  for (const applet of run(busybox, '--list').split('\n')) {
    const link = join(tree, 'usr/bin', applet)
    if (applet !== '' && !fs.existsSync(link)) fs.symlinkSync('busybox', link)
  }
  for (const name of ['passwd', 'group'])
    fs.copyFileSync(join(tree, `usr/share/base-passwd/${name}.master`), join(tree, 'etc', name))
  addUser(tree, 'redis', 999)
  addUser(tree, 'app', 1000)
}

function fillWeb(tree) {
  for (const name of [
    'conf.d',
    'modules-available',
    'modules-enabled',
    'sites-available',
    'sites-enabled',
    'snippets',
  ])
    fs.rmSync(join(tree, 'etc/nginx', name), { recursive: true, force: true })
  fs.copyFileSync(join(demo, 'web/nginx.conf'), join(tree, 'etc/nginx/nginx.conf'))
  fs.mkdirSync(join(tree, 'var/log/nginx'), { recursive: true })
}

function fillApp(tree) {
  fs.cpSync(join(demo, 'app'), join(tree, 'srv/app'), { recursive: true })
  // For older versions of Lua; what they share with 5.4 is in usr/share.
  for (const dir of ['usr/lib/TRIPLET', 'usr/lib/TRIPLET/lua'].map((name) => join(tree, withTriplet(name))))
    for (const name of fs.readdirSync(dir))
      if (/^(5\.[123]|liblua5\.[123]-.*)$/.test(name)) fs.rmSync(join(dir, name), { recursive: true })
}

function fillRedis(tree) {
  fs.rmSync(join(tree, 'etc/redis'), { recursive: true, force: true })
  fs.mkdirSync(join(tree, 'data'))
  fs.chownSync(join(tree, 'data'), 999, 999)
}

function addUser(tree, name, id) {
  fs.appendFileSync(join(tree, 'etc/passwd'), `${name}:x:${id}:${id}::/nonexistent:/usr/sbin/nologin\n`)
  fs.appendFileSync(join(tree, 'etc/group'), `${name}:x:${id}:\n`)
}
