import { constants } from 'node:fs'
import { join } from 'node:path'
import { type Finding, isAccessible, type Surroundings } from './finding.ts'

interface Program {
  readonly name: string
  readonly purpose: string
  readonly debianPackage: string
  readonly optional?: boolean
}

const programs: readonly Program[] = [
  { name: 'qemu-system-x86_64', purpose: 'runs the machines', debianPackage: 'qemu-system-x86' },
  { name: 'qemu-img', purpose: 'makes their disks', debianPackage: 'qemu-utils' },
  { name: 'mke2fs', purpose: 'makes file systems of images', debianPackage: 'e2fsprogs' },
  { name: 'tar', purpose: 'unpacks images', debianPackage: 'tar' },
  { name: 'zstd', purpose: 'unpacks images compressed with zstd', debianPackage: 'zstd', optional: true },
  { name: 'skopeo', purpose: 'pulls images', debianPackage: 'skopeo' },
  { name: 'buildah', purpose: 'builds images', debianPackage: 'buildah', optional: true },
  { name: 'runc', purpose: 'runs the steps of a build', debianPackage: 'runc', optional: true },
  { name: 'flock', purpose: 'keeps a second engine away', debianPackage: 'util-linux' },
  { name: 'nft', purpose: 'isolates networks', debianPackage: 'nftables' },
  { name: 'pasta', purpose: 'lets containers reach outside', debianPackage: 'passt' },
  {
    name: 'cc',
    purpose: 'builds the programs in C from source',
    debianPackage: 'build-essential',
    optional: true,
  },
]

/** The programs that the engine calls, each with the package that brings it. */
export const programFindings = ({ path }: Surroundings): Finding[] =>
  programs.map(({ name, purpose, debianPackage, optional }) => {
    const folders = [...path.split(':'), ...administration]
    const found = folders.map((folder) => join(folder, name)).find((at) => isAccessible(at, constants.X_OK))
    const common = { section: 'programs', what: name } as const
    if (found !== undefined) return { ...common, state: 'ok', detail: found }
    return {
      ...common,
      state: optional ? 'hint' : 'missing',
      detail: `not found; ${purpose}`,
      fix: `apt-get install -y --no-install-recommends ${debianPackage}`,
      debianPackage,
    }
  })

/** Where programs of administrators are, which PATH of other users lacks. */
const administration = ['/usr/sbin', '/sbin']
