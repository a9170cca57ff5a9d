import { accessSync, constants, existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { artifactPath, UserError } from '@container-compose/core'
import type { EngineRoot } from './root.ts'

/** One thing that the engine needs, or profits from. */
export interface Finding {
  readonly what: string
  /** `hint`: it works without, less well. */
  readonly state: 'ok' | 'missing' | 'hint'
  /** Where it was found, or what is missed without it. */
  readonly detail: string
  /** What repairs it: a command to paste, where there is one. */
  readonly fix?: string
}

export interface Surroundings {
  readonly root: EngineRoot
  /** The value of PATH. */
  readonly path: string
  readonly platform: NodeJS.Platform
  /** Effective user id; undefined where there is none. */
  readonly uid: number | undefined
  /** As `process.versions.node`. */
  readonly nodeVersion: string
}

/** Looks at what the machine has, without starting or changing anything. Programs first, then devices, then our own parts. */
export const examine = (surroundings: Surroundings): Finding[] => [
  node(surroundings),
  superuser(surroundings),
  ...programs.map((program) => programFinding(program, surroundings)),
  device('/dev/net/tun', 'network of the machines', 'modprobe tun'),
  virtualization(surroundings),
  kernel(surroundings),
  ...['agent', 'mount-server', 'cage', 'native.node'].map(part),
]

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
  { name: 'nft', purpose: 'isolates networks', debianPackage: 'nftables' },
  { name: 'pasta', purpose: 'lets containers reach outside', debianPackage: 'passt' },
  {
    name: 'cc',
    purpose: 'builds the programs in C from source',
    debianPackage: 'build-essential',
    optional: true,
  },
]

const programFinding = (
  { name, purpose, debianPackage, optional }: Program,
  { path }: Surroundings,
): Finding => {
  const found = [...path.split(':'), '/usr/sbin', '/sbin'].map((folder) => join(folder, name)).find(isProgram)
  if (found !== undefined) return { what: name, state: 'ok', detail: found }
  return {
    what: name,
    state: optional ? 'hint' : 'missing',
    detail: `not found; ${purpose}`,
    fix: `apt-get install -y --no-install-recommends ${debianPackage}`,
  }
}

const isProgram = (path: string): boolean => isAccessible(path, constants.X_OK)

const isAccessible = (path: string, mode: number): boolean => {
  try {
    accessSync(path, mode)
    return true
  } catch {
    return false
  }
}

const node = ({ nodeVersion }: Surroundings): Finding => {
  const [major = 0, minor = 0] = nodeVersion.split('.').map(Number)
  const isEnough = major > 20 || (major === 20 && minor >= 19)
  return isEnough
    ? { what: 'Node.js', state: 'ok', detail: nodeVersion }
    : {
        what: 'Node.js',
        state: 'missing',
        detail: `${nodeVersion} is too old; 20.19 or later is needed`,
        fix: 'https://nodejs.org/en/download',
      }
}

const superuser = ({ uid, platform }: Surroundings): Finding =>
  uid === 0 || platform === 'darwin'
    ? { what: 'root', state: 'ok', detail: 'namespaces and taps can be made' }
    : {
        what: 'root',
        state: 'missing',
        detail: 'the engine makes network namespaces and taps, which only root may',
        fix: 'sudo container-compose …',
      }

const device = (path: string, purpose: string, fix: string): Finding =>
  isAccessible(path, constants.R_OK | constants.W_OK)
    ? { what: path, state: 'ok', detail: purpose }
    : { what: path, state: 'missing', detail: `cannot be opened; ${purpose}`, fix }

/** Only a boot proves that KVM works, and the engine makes that proof; the device is a first sign. */
const virtualization = ({ platform }: Surroundings): Finding =>
  platform !== 'linux' || isAccessible('/dev/kvm', constants.R_OK | constants.W_OK)
    ? { what: '/dev/kvm', state: 'ok', detail: 'hardware virtualization' }
    : {
        what: '/dev/kvm',
        state: 'hint',
        detail: 'cannot be opened: machines are emulated in software, which is slower',
        fix: 'switch virtualization on in the firmware, or nested virtualization in the host of this machine',
      }

const kernel = ({ root }: Surroundings): Finding => {
  const folder = join(root.cache, 'kernel')
  const versions = existsSync(folder) ? readdirSync(folder).filter((name) => !name.startsWith('.')) : []
  return versions.length > 0
    ? { what: 'guest kernel', state: 'ok', detail: versions.join(', ') }
    : {
        what: 'guest kernel',
        state: 'hint',
        detail: "not there yet; Debian's cloud kernel is downloaded at the first start",
        fix: 'apt-get update',
      }
}

const part = (name: string): Finding => {
  try {
    return { what: name, state: 'ok', detail: artifactPath(name) }
  } catch (error) {
    if (!(error instanceof UserError)) throw error
    return { what: name, state: 'missing', detail: 'has not been built', fix: 'npm run build' }
  }
}
