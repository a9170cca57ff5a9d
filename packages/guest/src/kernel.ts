import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { copyFile, mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { promisify } from 'node:util'
import { UserError } from '@container-compose/core'
import { extractVmlinux } from './vmlinux.ts'

export interface GuestKernel {
  /** `6.1.0-50-cloud-amd64` */
  readonly version: string
  /** Unpacked ELF kernel with a PVH entry. */
  readonly vmlinux: string
  /** Files of the modules that the guest needs, in the order of loading; those built into the kernel are left out. */
  readonly modules: readonly string[]
}

/**
 * The guest's kernel, kept in `<cache>/kernel/<version>`. The newest one there is taken; when there is none, Debian's cloud
 * kernel is downloaded with apt and unpacked, never installed. Safe to call by several processes at once.
 *
 * @throws UserError `NO_GUEST_KERNEL` when there is none and none can be downloaded.
 */
export const guestKernel = async (cache: string): Promise<GuestKernel> => {
  const directory = join(cache, 'kernel')
  await mkdir(directory, { recursive: true })
  const version = (await newestVersion(directory)) ?? (await downloadKernel(directory))
  const folder = join(directory, version)
  const modules = (await readFile(join(folder, 'modules.order'), 'utf8'))
    .split('\n')
    .filter((name) => name !== '')
  return { version, vmlinux: join(folder, 'vmlinux'), modules: modules.map((name) => join(folder, name)) }
}

/** In an order in which each comes after those that it needs. ext4 is built into Debian's cloud kernel. */
const neededModules = [
  'virtio_ring',
  'virtio',
  'virtio_pci_legacy_dev',
  'virtio_pci_modern_dev',
  'virtio_pci',
  'virtio_blk',
  'failover',
  'net_failover',
  'virtio_net',
  'virtio_console',
  'virtio_balloon',
  'overlay',
  'fuse',
]

const metapackage = 'linux-image-cloud-amd64'

const newestVersion = async (directory: string): Promise<string | undefined> => {
  const versions = (await readdir(directory)).filter((name) => !name.startsWith('.'))
  return versions.toSorted((a, b) => a.localeCompare(b, 'en', { numeric: true })).at(-1)
}

const downloadKernel = async (directory: string): Promise<string> => {
  const work = await mkdtemp(join(directory, '.download-'))
  try {
    const name = await packageName()
    await run('apt-get', ['download', '-qq', '-o', 'APT::Sandbox::User=root', name], work)
    const [archive] = (await readdir(work)).filter((file) => file.endsWith('.deb'))
    if (archive === undefined) throw new Error(`apt-get download ${name} left no package`)
    await run('dpkg', ['-x', archive, 'tree'], work)
    return await keepNeeded(directory, work)
  } catch (cause) {
    throw new UserError(
      'NO_GUEST_KERNEL',
      'no kernel for the virtual machines, and none could be downloaded',
      {
        cause,
        hint: `apt-get update && apt-get download ${metapackage}`,
      },
    )
  } finally {
    await rm(work, { recursive: true, force: true })
  }
}

/** The package that the metapackage stands for today: `linux-image-6.1.0-50-cloud-amd64`. */
const packageName = async (): Promise<string> => {
  const find = async (): Promise<string | undefined> => {
    const shown = await run('apt-cache', ['show', '--no-all-versions', metapackage]).catch(() => '')
    return /^Depends:.*?\b(linux-image-\d[^\s,(|]*)/m.exec(shown)?.[1]
  }
  const known = await find()
  if (known !== undefined) return known
  await run('apt-get', ['update', '-qq'])
  const found = await find()
  if (found === undefined) throw new Error(`apt knows no package ${metapackage}`)
  return found
}

/** Unpacks the kernel, keeps it with the needed modules under its version, atomically. */
const keepNeeded = async (directory: string, work: string): Promise<string> => {
  const boot = join(work, 'tree/boot')
  const image = (await readdir(boot)).find((name) => name.startsWith('vmlinuz-'))
  if (image === undefined) throw new Error('the package holds no vmlinuz')
  const version = image.slice('vmlinuz-'.length)
  const kept = join(work, 'kept')
  await mkdir(kept)
  await writeFile(join(kept, 'vmlinux'), extractVmlinux(await readFile(join(boot, image))))
  const modules = await copyModules(join(work, 'tree/lib/modules', version), kept)
  await writeFile(join(kept, 'modules.order'), `${modules.join('\n')}\n`)
  await rename(kept, join(directory, version)).catch((error: unknown) => {
    // Another process was quicker: its files are the same.
    if (!existsSync(join(directory, version, 'modules.order'))) throw error
  })
  return version
}

const copyModules = async (tree: string, kept: string): Promise<string[]> => {
  const builtIn = await readFile(join(tree, 'modules.builtin'), 'utf8')
  const files = (await readdir(join(tree, 'kernel'), { recursive: true })).filter((path) =>
    path.endsWith('.ko'),
  )
  const byName = new Map(files.map((path) => [basename(path, '.ko').replaceAll('-', '_'), path]))
  const copied: string[] = []
  for (const name of neededModules) {
    const path = byName.get(name)
    if (path !== undefined) {
      await copyFile(join(tree, 'kernel', path), join(kept, `${name}.ko`))
      copied.push(`${name}.ko`)
    } else if (!builtIn.replaceAll('-', '_').includes(`/${name}.ko`)) {
      throw new Error(`the kernel has no module ${name}`)
    }
  }
  return copied
}

const execFileAsync = promisify(execFile)

const run = async (command: string, args: readonly string[], cwd?: string): Promise<string> => {
  const { stdout } = await execFileAsync(command, args, {
    maxBuffer: 16 << 20,
    ...(cwd === undefined ? {} : { cwd }),
  })
  return stdout
}
