import { constants, existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { fileWatches } from './file-watches.ts'
import { type Finding, isAccessible, type Surroundings } from './finding.ts'

const { R_OK, W_OK } = constants

/** What no package brings: the version of Node.js, the user, devices, and the kernel of the guests. */
export const machineFindings = (surroundings: Surroundings): Finding[] =>
  [node, superuser, tun, virtualization, kernel, fileWatches].map((look) => ({
    section: 'machine',
    ...look(surroundings),
  }))

type Look = (surroundings: Surroundings) => Omit<Finding, 'section'>

const node: Look = ({ nodeVersion }) => {
  const what = 'Node.js'
  const [major = 0, minor = 0] = nodeVersion.split('.').map(Number)
  if (major > 20 || (major === 20 && minor >= 19)) return { what, state: 'ok', detail: nodeVersion }
  return {
    what,
    state: 'missing',
    detail: `${nodeVersion} is too old; 20.19 or later is needed`,
    fix: 'https://nodejs.org/en/download',
  }
}

const superuser: Look = ({ uid, platform }) => {
  const what = 'root'
  if (uid === 0 || platform === 'darwin')
    return { what, state: 'ok', detail: 'namespaces and taps can be made' }
  return {
    what,
    state: 'missing',
    detail: 'the engine makes network namespaces and taps, which only root may',
    fix: 'sudo container-compose …',
  }
}

const tun: Look = () => {
  const what = '/dev/net/tun'
  const purpose = 'carries the network of the machines'
  if (isAccessible(what, R_OK | W_OK)) return { what, state: 'ok', detail: purpose }
  return {
    what,
    state: 'missing',
    detail: `cannot be opened; ${purpose}`,
    fix: 'modprobe tun && mkdir -p /dev/net && mknod /dev/net/tun c 10 200',
  }
}

/** Only a boot proves that KVM works. The engine makes that proof at its first start; until then the device is a sign. */
const virtualization: Look = ({ platform, root }) => {
  const what = '/dev/kvm'
  const slower = 'machines are emulated in software, which is slower'
  const fix = 'switch virtualization on in the firmware, or nested virtualization in the host of this machine'
  if (platform !== 'linux') return { what, state: 'ok', detail: 'not needed here' }
  if (!isAccessible(what, R_OK | W_OK))
    return { what, state: 'hint', detail: `cannot be opened; ${slower}`, fix }
  const proven = provenAcceleration(join(root.cache, 'acceleration'))
  if (proven === 'tcg')
    return { what, state: 'hint', detail: `is there, but no guest runs with it; ${slower}`, fix }
  return {
    what,
    state: 'ok',
    detail:
      proven === 'kvm' ? 'guests run with it' : 'is there; the first boot shows whether guests run with it',
  }
}

/** What the latest boot that was made to find out has found. */
const provenAcceleration = (folder: string): unknown => {
  try {
    const [latest] = readdirSync(folder)
      .filter((name) => name.endsWith('.json'))
      .map((name) => join(folder, name))
      .sort((a, b) => statSync(b).mtimeMs - statSync(a).mtimeMs)
    return latest === undefined ? undefined : JSON.parse(readFileSync(latest, 'utf8')).acceleration
  } catch {
    return undefined
  }
}

const kernel: Look = ({ root }) => {
  const what = 'guest kernel'
  const folder = join(root.cache, 'kernel')
  const versions = existsSync(folder) ? readdirSync(folder).filter((name) => !name.startsWith('.')) : []
  if (versions.length > 0) return { what, state: 'ok', detail: versions.join(', ') }
  return {
    what,
    state: 'hint',
    detail: "not there yet; Debian's cloud kernel is downloaded at the first start",
    fix: 'container-compose engine prepare',
  }
}
