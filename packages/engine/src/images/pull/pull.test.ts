import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import type { Images, PullProgress, RegistryAuth } from '../images.ts'
import { digestOf } from '../ingest.ts'
import { openImages } from '../local-images.ts'
import { hostPlatform } from '../oci-manifest.ts'
import { startRegistry, type TestRegistry } from '../test-registry.ts'
import { testDockerArchive, testTar } from '../test-tar.ts'

let folder = ''
let images: Images
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'cc-pull-'))
  images = await openImages({
    dir: join(folder, 'images'),
    cacheDir: join(folder, 'cache'),
    onSetAside: (_path, _to, reason) => {
      throw new Error(reason)
    },
  })
})
afterEach(() => rmSync(folder, { recursive: true }))

const base = testTar({ name: 'etc/motd', content: 'below' })
const top = testTar({ name: 'var/new', content: 'y' })

let registry: TestRegistry
beforeAll(async () => {
  registry = await startRegistry()
})
afterAll(async () => {
  await registry.stop()
})

const push = (name: string, ...layers: Buffer[]): void => pushWith({}, name, ...layers)
const pushWith = (config: object, name: string, ...layers: Buffer[]): void => {
  const file = join(folder, 'push.tar')
  writeFileSync(file, testDockerArchive({ config, digest: digestOf }, ...layers))
  execFileSync('skopeo', [
    'copy',
    '-q',
    '--dest-tls-verify=false',
    `docker-archive:${file}`,
    `docker://${registry.address}/${name}`,
  ])
}
const pull = async (name: string, platform = '') => {
  const progress: PullProgress[] = []
  const image = await images.pull(`${registry.address}/${name}`, {
    platform,
    progress: (event) => progress.push(event),
  })
  return { image, progress }
}

test('an image comes whole, says so in the words of Docker, and is up to date the second time', async () => {
  push('demo/web:1', base, top)
  const { image, progress } = await pull('demo/web:1')
  expect(image.repoTags).toEqual([`${registry.address}/demo/web:1`])
  expect(image.repoDigests).toEqual([
    expect.stringMatching(`^${registry.address}/demo/web@sha256:[0-9a-f]{64}$`),
  ])
  const statuses = progress.map(({ status }) => status)
  expect(statuses[0]).toBe('Pulling from demo/web')
  expect(statuses.filter((status) => status === 'Pulling fs layer').length).toBe(2)
  expect(statuses.filter((status) => status === 'Download complete').length).toBe(2)
  expect(statuses.filter((status) => status === 'Pull complete').length).toBe(2)
  expect(statuses.slice(-2)).toEqual([
    `Digest: ${image.repoDigests[0]?.split('@')[1]}`,
    `Status: Downloaded newer image for ${registry.address}/demo/web:1`,
  ])
  const second = await pull('demo/web:1')
  expect(second.image.id).toBe(image.id)
  expect(second.progress.at(-1)?.status).toBe(
    `Status: Image is up to date for ${registry.address}/demo/web:1`,
  )
  expect((await images.find(image.repoDigests[0] ?? ''))?.id).toBe(image.id)
  expect((await pull(`demo/web@${image.repoDigests[0]?.split('@')[1]}`)).image.id).toBe(image.id)
})

test('a tag that the registry moved leaves the older image without name', async () => {
  push('moving:1', base)
  const before = (await pull('moving:1')).image.id
  push('moving:1', base, top)
  const after = (await pull('moving:1')).image.id
  expect(after).not.toBe(before)
  expect((await images.find(before))?.repoTags).toEqual([])
})

test('a name that the registry has not is 404 in the words of Docker', async () => {
  await expect(pull('nope:1')).rejects.toMatchObject({
    status: 404,
    message: `manifest for ${registry.address}/nope:1 not found: manifest unknown: manifest unknown`,
  })
})

test('another platform than the image has is refused', async () => {
  push('amd:1', base)
  await expect(pull('amd:1', 'linux/riscv64')).rejects.toMatchObject({ status: 404 })
})

test('of an index the image for this machine is taken, or the one that is asked for', async () => {
  push('multi:amd', base)
  push('multi:arm', top)
  const repository = `http://${registry.address}/v2/multi/manifests`
  const type = 'application/vnd.docker.distribution.manifest.v2+json'
  const manifests = await Promise.all(
    ['amd', 'arm'].map(async (tag) => {
      const answer = await fetch(`${repository}/${tag}`, { headers: { accept: type } })
      const size = (await answer.arrayBuffer()).byteLength
      const platform = { os: 'linux', architecture: tag === 'amd' ? hostPlatform().architecture : 'other' }
      return { mediaType: type, digest: answer.headers.get('docker-content-digest'), size, platform }
    }),
  )
  const mediaType = 'application/vnd.docker.distribution.manifest.list.v2+json'
  const body = JSON.stringify({ schemaVersion: 2, mediaType, manifests })
  await fetch(`${repository}/all`, { method: 'PUT', headers: { 'content-type': mediaType }, body })
  const { image } = await pull('multi:all')
  expect(image.config.rootfs.diff_ids).toEqual([digestOf(base)])
  expect(image.repoDigests).toEqual([`${registry.address}/multi@${digestOf(Buffer.from(body))}`])
  await expect(pull('multi:all', 'linux/riscv64')).rejects.toMatchObject({ status: 400 })
})

test('credentials of the call open a registry, and no others', async () => {
  const closed = await startRegistry({
    password: '$2b$04$HoKilsAHLGyA4QBG0fguROzn.PZ/ncexJDyoxam0zoWlwcu4ksa1q',
  })
  try {
    const file = join(folder, 'push.tar')
    writeFileSync(file, testDockerArchive({ digest: digestOf }, base))
    const target = `docker://${closed.address}/a:1`
    execFileSync('skopeo', [
      'copy',
      '-q',
      '--dest-tls-verify=false',
      '--dest-creds=user:secret',
      `docker-archive:${file}`,
      target,
    ])
    const pullAs = (auth?: RegistryAuth) =>
      images.pull(`${closed.address}/a:1`, { progress: () => undefined, ...(auth !== undefined && { auth }) })
    await expect(pullAs()).rejects.toMatchObject({ status: 401 })
    await expect(pullAs({ username: 'user', password: 'wrong' })).rejects.toMatchObject({ status: 401 })
    const image = await pullAs({ username: 'user', password: 'secret' })
    expect(image.repoTags).toEqual([`${closed.address}/a:1`])
  } finally {
    await closed.stop()
  }
})

test('a registry that does not answer is an error that says who', async () => {
  const promise = images.pull('127.0.0.1:1/a:1', { progress: () => undefined })
  await expect(promise).rejects.toMatchObject({
    status: 500,
    message: expect.stringContaining('connection refused'),
  })
})

test('a pull that is called off ends, and leaves nothing half made', async () => {
  push('slow:1', base)
  const signal = AbortSignal.abort()
  const promise = images.pull(`${registry.address}/slow:1`, { progress: () => undefined, signal })
  await expect(promise).rejects.toMatchObject({ status: 499 })
  expect(readdirSync(join(folder, 'cache/images/tmp'))).toEqual([])
})

test('a bad name is refused before anything is asked', async () => {
  await expect(pull('UPPER:1')).rejects.toMatchObject({ status: 400 })
})

test('a hostile layer is refused, and no image is there', async () => {
  push('evil:1', testTar({ name: '../../evil' }))
  await expect(pull('evil:1')).rejects.toMatchObject({ status: 400 })
  expect(await images.list()).toEqual([])
})

test("an image in Docker's format keeps its configuration, which OCI's has no place for", async () => {
  const Healthcheck = { Test: ['CMD', 'true'], Interval: 5 }
  pushWith({ Healthcheck, OnBuild: ['RUN x'] }, 'demo/checked:1', base)
  const { image } = await pull('demo/checked:1')
  expect(image.config.config).toEqual({ Healthcheck, OnBuild: ['RUN x'] })
})

test('a registry is asked for what it has under a name, and nothing comes here', async () => {
  push('demo/asked:1', base, top)
  const name = `${registry.address}/demo/asked:1`
  const asked = await images.distribution(name, {})
  expect(asked).toMatchObject({
    mediaType: expect.stringMatching(/^application\/vnd\..*manifest/),
    platforms: [{ os: 'linux', architecture: expect.any(String) }],
  })
  expect(await images.find(name)).toBeUndefined()
  const { image } = await pull('demo/asked:1')
  expect(image.repoDigests).toEqual([`${registry.address}/demo/asked@${asked.digest}`])
  await expect(images.distribution(`${registry.address}/demo/asked:2`, {})).rejects.toMatchObject({
    status: 404,
  })
})
