import { execFileSync } from 'node:child_process'
import { copyFileSync, mkdirSync, truncateSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

const programs = 'sh cat dd ls sleep id wc seq date env mount df flock'

/** A small ext4 image of a root with a shell and some tools, copied from this machine. */
export const makeTestImage = (folder: string): string => {
  const root = join(folder, 'root')
  for (const directory of ['bin', 'etc', 'dev', 'proc', 'sys', 'tmp', 'root'])
    mkdirSync(join(root, directory), { recursive: true })
  for (const name of programs.split(' ')) {
    const found = execFileSync('sh', ['-c', `command -v ${name}`], { encoding: 'utf8' }).trim()
    const source = found.startsWith('/') ? found : `/bin/${name}`
    copyFileSync(source, join(root, 'bin', name))
    for (const library of librariesOf(source)) copyInto(root, library)
  }
  writeFileSync(join(root, 'etc/passwd'), 'root:x:0:0:root:/root:/bin/sh\n')
  writeFileSync(join(root, 'etc/group'), 'root:x:0:\n')
  const image = join(folder, 'root.ext4')
  writeFileSync(image, '')
  truncateSync(image, 256 << 20)
  execFileSync('mke2fs', [
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
