import { execFileSync } from 'node:child_process'
import { copyFileSync, mkdirSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'

/** Programs of this machine that a test's container has. */
const programs =
  'sh cat ls sleep id echo head wc seq stty mkdir touch rm env pwd date dd test ps mount df hostname tty mv cp ln find stat chmod chown grep mknod'

/** A small ext4 image of a root with a shell and some tools, copied from this machine, and `further` programs. */
export const makeRootImage = (folder: string, further: readonly string[] = []): string => {
  const root = join(folder, 'root')
  for (const directory of [
    'bin',
    'etc',
    'dev',
    'proc',
    'sys',
    'tmp',
    'root',
    'home/jane',
    'usr',
    'var/empty',
  ])
    mkdirSync(join(root, directory), { recursive: true })
  for (const name of programs.split(' ')) {
    const program = execFileSync('sh', ['-c', `command -v ${name}`], { encoding: 'utf8' }).trim()
    const source = program.startsWith('/') ? program : `/bin/${name}`
    copyFileSync(source, join(root, 'bin', name))
    for (const library of librariesOf(source)) copyInto(root, library)
  }
  for (const program of further) copyFileSync(program, join(root, 'bin', basename(program)))
  symlinkSync('../bin', join(root, 'usr/bin'))
  symlinkSync('/nowhere/at/all', join(root, 'etc/dangling'))
  symlinkSync('../../../../etc/passwd', join(root, 'tmp/climber'))
  writeFileSync(
    join(root, 'etc/passwd'),
    'root:x:0:0:root:/root:/bin/sh\njane:x:1000:1000::/home/jane:/bin/sh\n',
  )
  writeFileSync(join(root, 'etc/group'), 'root:x:0:\njane:x:1000:\nwheel:x:10:jane\nextra:x:77:\n')
  const image = join(folder, 'root.ext4')
  writeFileSync(image, '')
  truncateSync(image, 64 << 20)
  execFileSync('/sbin/mke2fs', [
    ...['-q', '-t', 'ext4', '-d', root, '-E', 'lazy_itable_init=1,lazy_journal_init=1,root_owner=0:0'],
    image,
  ])
  return image
}

const librariesOf = (program: string): string[] =>
  execFileSync('ldd', [program], { encoding: 'utf8' })
    .split('\n')
    .flatMap((line) => /(\/\S+) \(0x/.exec(line)?.[1] ?? [])

const copyInto = (root: string, file: string): void => {
  mkdirSync(join(root, dirname(file)), { recursive: true })
  copyFileSync(file, join(root, file))
}
