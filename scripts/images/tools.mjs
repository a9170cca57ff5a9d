import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'

/** The time of everything in the images. */
export const created = '2024-01-01T00:00:00Z'

export const run = (program, ...args) =>
  execFileSync(program, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })

/** Packs members of a folder so that the same files give the same bytes. */
export function pack(file, dir, members, ...options) {
  const stable = ['--sort=name', `--mtime=${created}`, '--numeric-owner', '--format=gnu']
  execFileSync('tar', ['--create', `--file=${file}`, `--directory=${dir}`, ...stable, ...options, ...members])
}

export const sha256 = (parts) =>
  parts.reduce((hash, part) => hash.update(part), createHash('sha256')).digest('hex')

export const fail = (message) => {
  throw new Error(`make-images: ${message}`)
}

const machines = { x64: ['amd64', 'x86_64-linux-gnu'], arm64: ['arm64', 'aarch64-linux-gnu'] }
const [architecture, triplet] = machines[process.arch] ?? fail(`no images for ${process.arch}`)

/** As Debian and OCI name it. */
export { architecture }

/** Debian's folder for libraries of this architecture. */
export const withTriplet = (text) => text.replace('TRIPLET', triplet)
