import { existsSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { isSystemError } from '@container-compose/core'
import { ExecaError, execa } from 'execa'
import { ApiError } from '../../api/errors.ts'
import type { RegistryAuth } from '../images.ts'
import type { SharedLayout } from '../layout.ts'
import { canonical, familiar, familiarName, type Reference } from '../reference.ts'

/** How a registry is asked. */
export interface RegistryAccess {
  /** A file of credentials in Docker's form; absent: those that the user has stored for docker, podman or skopeo. */
  readonly authFile?: string
  readonly signal?: AbortSignal | undefined
}

/** The manifest that a reference names, byte for byte: its digest is what the registry knows it by. */
export const fetchManifest = async (reference: Reference, access: RegistryAccess): Promise<Buffer> => {
  const output = await skopeo(reference, access, [
    'inspect',
    '--raw',
    ...sourceOptions(reference, access),
    source(reference),
  ])
  return Buffer.from(output)
}

/** The configuration of an image, byte for byte. */
export const fetchImageConfig = async (reference: Reference, access: RegistryAccess): Promise<Buffer> => {
  const options = ['inspect', '--config', '--raw', ...sourceOptions(reference, access)]
  return Buffer.from(await skopeo(reference, access, [...options, source(reference)]))
}

/** Copies an image into the blob folder `blobs`, which skopeo completes file by file; partial files are in `temporary`. */
export const fetchBlobs = async (
  reference: Reference,
  access: RegistryAccess,
  { blobs, temporary }: { readonly blobs: string; readonly temporary: string },
): Promise<void> => {
  await skopeo(reference, access, [
    'copy',
    ...sourceOptions(reference, access).map((option) => option.replace('--tls-verify', '--src-tls-verify')),
    // What the registry has is kept as it is; skopeo verifies each digest.
    '--dest-oci-accept-uncompressed-layers',
    `--dest-shared-blob-dir=${blobs}`,
    source(reference),
    `oci:${temporary}`,
  ])
}

/** Copies an image as it is into the new directory `dir`: each blob is a file named by the hex digits of its digest. */
export const fetchDirectory = async (
  reference: Reference,
  access: RegistryAccess,
  dir: string,
): Promise<void> => {
  await skopeo(reference, access, [
    'copy',
    ...sourceOptions(reference, access).map((option) => option.replace('--tls-verify', '--src-tls-verify')),
    source(reference),
    `dir:${dir}`,
  ])
}

/** Sends the image of a layout to its registry. */
export const pushLayout = async (
  reference: Reference,
  access: RegistryAccess,
  { dir, blobs }: SharedLayout,
): Promise<void> => {
  await skopeo(
    reference,
    access,
    [
      'copy',
      ...sourceOptions(reference, access).map((option) =>
        option.replace('--tls-verify', '--dest-tls-verify'),
      ),
      `--src-shared-blob-dir=${blobs}`,
      `oci:${dir}`,
      source(reference),
    ],
    'push',
  )
}

/** Credentials of one request for skopeo: in a file that only we can read, never among the arguments. */
export const writeAuthFile = async (path: string, domain: string, auth: RegistryAuth): Promise<void> => {
  const { username = '', password = '', identitytoken } = auth
  const entry = {
    auth: Buffer.from(`${username}:${password}`).toString('base64'),
    ...(identitytoken !== undefined && { identitytoken }),
  }
  await writeFile(path, JSON.stringify({ auths: { [domain]: entry } }), { mode: 0o600 })
}

/** skopeo takes a tag or a digest; the digest says more. */
const source = (reference: Reference): string => {
  const { tag, ...rest } = reference
  return `docker://${canonical(reference.digest === undefined ? reference : rest)}`
}

const sourceOptions = ({ domain }: Reference, { authFile }: RegistryAccess): string[] => [
  ...(authFile === undefined ? [] : [`--authfile=${authFile}`]),
  // Docker trusts registries on the loopback without TLS, and only those.
  ...(isLoopback(domain) ? ['--tls-verify=false'] : []),
]

const isLoopback = (domain: string): boolean =>
  /^(localhost|127\.\d{1,3}\.\d{1,3}\.\d{1,3}|\[::1\])(:\d+)?$/.test(domain)

const policyFiles = () => [join(homedir(), '.config/containers/policy.json'), '/etc/containers/policy.json']

const skopeo = async (
  reference: Reference,
  { signal }: RegistryAccess,
  args: readonly string[],
  purpose: 'pull' | 'push' = 'pull',
): Promise<Uint8Array> => {
  // A policy of the administrator holds; without any skopeo would refuse to work.
  const policy = policyFiles().some((path) => existsSync(path)) ? [] : ['--insecure-policy']
  try {
    const { stdout } = await execa('skopeo', [...policy, ...args], {
      encoding: 'buffer',
      stdin: 'ignore',
      env: { LC_ALL: 'C' },
      maxBuffer: 16 * 1024 * 1024,
      stripFinalNewline: false,
      ...(signal !== undefined && { cancelSignal: signal }),
    })
    return stdout
  } catch (error) {
    if (!(error instanceof ExecaError)) throw error
    if (error.isCanceled) throw new ApiError(499, 'context canceled', { cause: error })
    if (isSystemError(error.cause, 'ENOENT'))
      throw new ApiError(500, 'skopeo is not installed; it fetches images: apt-get install skopeo', {
        cause: error,
      })
    throw registryError(
      reference,
      Buffer.from((error.stderr as Uint8Array | undefined) ?? []).toString(),
      error,
      purpose,
    )
  }
}

/** Docker's texts for what registries say (moby, distribution/errors.go); the rest of the sentence is the registry's own. */
const registryError = (
  reference: Reference,
  stderr: string,
  cause: unknown,
  purpose: 'pull' | 'push',
): ApiError => {
  const fatal =
    /level=fatal msg="((?:[^"\\]|\\.)*)"/.exec(stderr)?.[1]?.replace(/\\(.)/g, '$1') ?? stderr.trim()
  const name = familiarName(reference)
  const answer = (pattern: RegExp): string | undefined => pattern.exec(fatal)?.[0]
  const unknown = answer(/manifest unknown.*$/)
  if (unknown !== undefined)
    return new ApiError(404, `manifest for ${familiar(reference)} not found: ${unknown}`, { cause })
  const noRepository = answer(/(repository )?name (unknown|not known to registry).*$/)
  if (noRepository !== undefined)
    return new ApiError(404, `repository ${name} not found: ${noRepository}`, { cause })
  const denied = answer(/denied: .*$/)
  if (denied !== undefined && purpose === 'push') return new ApiError(403, denied, { cause })
  if (denied !== undefined)
    return new ApiError(
      404,
      `pull access denied for ${name}, repository does not exist or may require 'docker login': ${denied}`,
      { cause },
    )
  const unauthorized = answer(/unauthorized: .*$/)
  if (unauthorized !== undefined) return new ApiError(401, unauthorized, { cause })
  return new ApiError(500, answer(/(Get|Head) "https?:.*$/) ?? (fatal || 'skopeo failed without a word'), {
    cause,
  })
}
