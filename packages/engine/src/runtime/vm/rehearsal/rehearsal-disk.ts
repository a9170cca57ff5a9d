import { execFile } from 'node:child_process'
import { copyFile, mkdir, mkdtemp, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { artifactPath } from '@container-compose/core'

/** Where the rehearsal's program lies on its disk: a copy of the agent, which needs no library. */
export const rehearsalProgram = '/rehearsal'

/** As the disks of images: another size has other features, and the kernel other paths for them. */
const bytes = 8 * 1024 ** 3

/** A file system like that of an image, with a program that says a word and ends: what a machine practises with. Sparse, 2 MB. */
export const makeRehearsalDisk = async (path: string): Promise<void> => {
  const work = await mkdtemp(join(dirname(path), '.rehearsal-'))
  try {
    for (const name of ['dev', 'etc', 'proc', 'sys', 'tmp']) await mkdir(join(work, name))
    await copyFile(artifactPath('agent'), join(work, rehearsalProgram))
    await promisify(execFile)(
      'mke2fs',
      [
        ...['-q', '-t', 'ext4', '-d', work, '-m', '0'],
        ...['-E', 'lazy_itable_init=1,lazy_journal_init=1,root_owner=0:0'],
        ...[path, `${bytes / 1024}k`],
      ],
      { env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin' } },
    )
  } finally {
    await rm(work, { recursive: true, force: true })
  }
}
