import { expect, test } from 'vitest'
import { choosePlatform, decodeConfig, decodeManifest, parsePlatform } from './oci-manifest.ts'

const digest = `sha256:${'a'.repeat(64)}`
const bytes = (value: unknown): Buffer => Buffer.from(JSON.stringify(value))
const image = (config: unknown) =>
  bytes({ os: 'linux', architecture: 'amd64', rootfs: { type: 'layers', diff_ids: [digest] }, config })
const refused = expect.objectContaining({ status: 400 })

test('a configuration keeps what it says, known to us or not', () => {
  const config = { Env: ['A=1'], Cmd: null, Volumes: { '/data': {} }, Labels: { a: 'b' }, Unknown: 1 }
  expect(decodeConfig(image(config)).config).toEqual(config)
  expect(decodeConfig(image(null)).config).toBeNull()
})

test.each([
  ['no JSON', Buffer.from('{')],
  ['a list', bytes([])],
  [
    'layers without digests',
    bytes({ os: 'linux', architecture: 'amd64', rootfs: { diff_ids: ['../../etc'] } }),
  ],
  ['no platform', bytes({ rootfs: { diff_ids: [] } })],
  ['a command that is no list', image({ Cmd: 'sh' })],
  ['an environment of numbers', image({ Env: [1] })],
  ['a null byte in a word', image({ Entrypoint: ['sh\0'] })],
  ['labels that are no text', image({ Labels: { a: {} } })],
  ['a health check that is none', image({ Healthcheck: { Test: [1] } })],
  ['an interval that is no number', image({ Healthcheck: { Interval: '1s' } })],
])('a configuration with %s is refused', (_case, config) => {
  expect(() => decodeConfig(config)).toThrow(refused)
})

test.each([
  ['the old schema', { schemaVersion: 1, fsLayers: [] }],
  ['a digest that is a path', { schemaVersion: 2, config: { digest: 'sha256:../x' }, layers: [] }],
  ['no configuration', { schemaVersion: 2, layers: [] }],
  [
    'more layers than can be mounted',
    { schemaVersion: 2, config: { digest }, layers: Array(501).fill({ digest }) },
  ],
])('a manifest with %s is refused', (_case, manifest) => {
  expect(() => decodeManifest(bytes(manifest))).toThrow(refused)
})

test('of an index the entry of the platform is taken, before one that names none', () => {
  const entry = (architecture: string | undefined, variant?: string) => ({
    digest: `sha256:${(architecture ?? 'none').padEnd(64, '0').replace(/[^0-9a-f]/g, '0')}`,
    ...(architecture !== undefined && {
      platform: { os: 'linux', architecture, ...(variant && { variant }) },
    }),
  })
  const index = decodeManifest(bytes({ manifests: [entry(undefined), entry('arm', 'v7'), entry('amd64')] }))
  const chosen = (platform: string) =>
    index.kind === 'index' ? choosePlatform(index.manifests, parsePlatform(platform)).platform : undefined
  expect(chosen('linux/amd64')).toEqual({ os: 'linux', architecture: 'amd64' })
  expect(chosen('linux/arm/v7')).toEqual({ os: 'linux', architecture: 'arm', variant: 'v7' })
  expect(chosen('linux/riscv64')).toBeUndefined()
  expect(chosen('x86_64')).toEqual({ os: 'linux', architecture: 'amd64' })
})
