import { access, mkdir, open, rename, rm, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { execa } from 'execa'
import { badParameter } from '../api/errors.ts'
import { storageOf } from './driver-options.ts'
import type { Volume } from './volumes.ts'

/** Room for what a database syncs between two checkpoints of the journal; the default, 512 MiB, would all be used up on the host. */
const journalMib = 64
const largeBytes = 2 * 1024 ** 3

/**
 * Makes the disk of a volume, whole or not at all, with what `fill` puts into an empty directory: owner and mode of the directory
 * become those of the disk's root. One that is there is left as it is: what a guest has written is never looked into by the host.
 *
 * @throws ApiError 400 when the content has no room on it.
 */
export const ensureDisk = async (
  { name, options, mountpoint: path }: Volume,
  fill: (directory: string) => Promise<void>,
): Promise<void> => {
  if (await exists(path)) return
  const storage = storageOf(name, options)
  if (storage.kind !== 'ext4') throw new Error(`volume ${name} is no disk`)
  const work = join(dirname(path), '.making')
  await rm(work, { recursive: true, force: true })
  try {
    const content = join(work, 'content')
    await mkdir(content, { recursive: true, mode: 0o755 })
    await fill(content)
    const made = join(work, 'disk.ext4')
    await makeFileSystem(made, content, storage.bytes).catch((error: unknown) => {
      throw badParameter(`create ${name}: its disk was not made: ${lastLine(error)}`)
    })
    await sync(made)
    await rename(made, path)
  } finally {
    await rm(work, { recursive: true, force: true })
  }
}

const tools = { env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', LC_ALL: 'C' }, extendEnv: false }

/** Sparse. Without `lost+found`, for which databases would refuse the directory. */
const makeFileSystem = async (file: string, content: string, bytes: number): Promise<void> => {
  const { uid, gid, mode } = await stat(content)
  await execa(
    'mke2fs',
    [
      ...['-q', '-t', 'ext4', '-d', content, '-m', '0', '-e', 'remount-ro'],
      ...(bytes >= largeBytes ? ['-J', `size=${journalMib}`] : []),
      ...['-E', `lazy_itable_init=1,lazy_journal_init=1,root_owner=${uid}:${gid}`],
      ...[file, `${Math.floor(bytes / 4096) * 4}k`],
    ],
    tools,
  )
  const root = `sif / mode 04${(mode & 0o7777).toString(8).padStart(4, '0')}`
  await execa('debugfs', ['-w', '-f', '-', file], { ...tools, input: `rmdir lost+found\n${root}\n` })
}

/** A crash of the host must not leave a disk of which half is there. */
const sync = async (path: string): Promise<void> => {
  const file = await open(path, 'r+')
  try {
    await file.sync()
  } finally {
    await file.close()
  }
}

const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  )

const lastLine = (error: unknown): string => {
  const { stderr, message } = error as { readonly stderr?: string; readonly message: string }
  return (stderr || message).trim().split('\n').at(-1) ?? message
}
