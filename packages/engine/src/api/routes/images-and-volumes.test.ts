import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { request, type Server } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pino } from 'pino'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { digestOf } from '../../images/ingest.ts'
import { openImages } from '../../images/local-images.ts'
import { testDockerArchive, testTar } from '../../images/test-tar.ts'
import { openVolumes } from '../../volumes/local-volumes.ts'
import { createApiServer, listen } from '../server.ts'
import { imageRoutes } from './images.ts'
import { volumeRoutes } from './volumes.ts'

let folder = ''
let server: Server
let imageUsers: { id: string; running: boolean }[] = []
let volumeUsers: string[] = []
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'cc-routes-'))
  imageUsers = []
  volumeUsers = []
  const onSetAside = () => undefined
  const images = await openImages({
    dir: join(folder, 'images'),
    cacheDir: join(folder, 'cache'),
    onSetAside,
  })
  const volumes = openVolumes({ dir: join(folder, 'volumes'), onSetAside })
  server = createApiServer({
    routes: [
      ...imageRoutes({ images, usersOf: () => imageUsers }),
      ...volumeRoutes({ volumes, usersOf: () => volumeUsers }),
    ],
    ready: Promise.resolve(),
    build: 'test',
    log: pino({ level: 'silent' }),
  })
  await listen(server, join(folder, 's'))
})
afterEach(async () => {
  server.closeAllConnections()
  await new Promise((resolve) => server.close(resolve))
  rmSync(folder, { recursive: true })
})

const call = (
  method: string,
  path: string,
  body?: string | Buffer,
): Promise<{ status: number; text: string }> =>
  new Promise((resolve, reject) => {
    const sent = request({ socketPath: join(folder, 's'), method, path }, (answer) => {
      let text = ''
      answer.setEncoding('utf8').on('data', (part: string) => {
        text += part
      })
      answer.on('end', () => resolve({ status: answer.statusCode ?? 0, text }))
    })
    sent.once('error', reject)
    sent.end(body)
  })
const json = async (method: string, path: string, body?: object) => {
  const { status, text } = await call(method, path, body && JSON.stringify(body))
  return { status, body: text === '' ? undefined : JSON.parse(text) }
}
const filters = (value: object): string => `filters=${encodeURIComponent(JSON.stringify(value))}`

const archive = (tags: string[], config: object = {}) =>
  testDockerArchive({ tags, config, digest: digestOf }, testTar({ name: 'file', content: 'four' }))

test('an image is loaded, listed, inspected, tagged and removed', async () => {
  const healthcheck = { Test: ['CMD', 'true'], StartInterval: 1e8 }
  const loaded = await call(
    'POST',
    '/images/load?quiet=1',
    archive(['demo/web:1'], { Cmd: ['sh'], Healthcheck: healthcheck }),
  )
  expect(loaded).toEqual({ status: 200, text: '{"stream":"Loaded image: demo/web:1\\n"}\r\n' })
  const inspect = await json('GET', '/images/demo/web:1/json')
  expect(inspect).toMatchObject({
    status: 200,
    body: {
      RepoTags: ['demo/web:1'],
      Size: 4,
      Os: 'linux',
      Config: { Cmd: ['sh'], Healthcheck: healthcheck },
    },
  })
  const id = inspect.body.Id
  expect((await json('POST', `/images/${id}/tag?repo=localhost:5000/b&tag=2`)).status).toBe(201)
  expect((await json('GET', '/images/json')).body).toMatchObject([
    { Id: id, RepoTags: ['demo/web:1', 'localhost:5000/b:2'], Containers: -1, Labels: null },
  ])
  expect((await json('GET', '/images/demo/web:1/history')).body).toMatchObject([
    { Id: id, Size: 4, CreatedBy: 'layer 0' },
  ])
  expect((await json('DELETE', '/images/demo/web:1')).body).toEqual([{ Untagged: 'demo/web:1' }])
  expect((await json('DELETE', '/images/localhost:5000/b:2')).body).toEqual([
    { Untagged: 'localhost:5000/b:2' },
    { Deleted: id },
  ])
  expect(await json('GET', '/images/demo/web:1/json')).toEqual({
    status: 404,
    body: { message: 'No such image: demo/web:1' },
  })
})

test('an image is found by the filters that clients use', async () => {
  await call('POST', '/images/load', archive(['demo/web:1'], { Labels: { a: 'b' } }))
  await call('POST', '/images/load', archive([]))
  const found = async (value: object) => (await json('GET', `/images/json?${filters(value)}`)).body.length
  expect(await found({ reference: ['demo/web:1'] })).toBe(1)
  expect(await found({ reference: ['demo/*'] })).toBe(1)
  expect(await found({ reference: ['demo'] })).toBe(0)
  expect(await found({ label: { 'a=b': true } })).toBe(1)
  expect(await found({ dangling: ['true'] })).toBe(1)
  expect((await json('GET', `/images/json?${filters({ nope: ['x'] })}`)).status).toBe(400)
})

test('an archive that is none, a bad reference and an image in use answer as Docker does', async () => {
  expect((await call('POST', '/images/load', 'x'.repeat(1000))).status).toBe(400)
  expect((await json('POST', '/images/create?fromImage=BAD&tag=1')).body).toEqual({
    message: 'invalid reference format: repository name (library/BAD) must be lowercase',
  })
  await call('POST', '/images/load', archive(['a:1']))
  imageUsers = [{ id: 'c'.repeat(64), running: true }]
  expect((await json('DELETE', '/images/a:1?force=1')).status).toBe(409)
})

test('prune removes images without a name, or all that no container uses', async () => {
  await call('POST', '/images/load', archive(['a:1'], { Labels: { a: 'b' } }))
  await call('POST', '/images/load', archive([]))
  expect((await json('POST', '/images/prune')).body.ImagesDeleted.length).toBe(1)
  expect((await json('POST', '/images/prune')).body.ImagesDeleted).toBe(null)
  expect((await json('POST', `/images/prune?${filters({ dangling: ['false'] })}`)).body).toMatchObject({
    ImagesDeleted: [{ Untagged: 'a:1' }, { Deleted: expect.any(String) }],
    SpaceReclaimed: 4,
  })
})

test('a volume is created, listed, inspected and removed', async () => {
  const created = await json('POST', '/volumes/create', { Name: 'demo_data', Labels: { a: 'b' } })
  const volume = { Name: 'demo_data', Driver: 'local', Labels: { a: 'b' }, Options: null, Scope: 'local' }
  expect(created).toMatchObject({ status: 201, body: volume })
  expect((await json('GET', `/volumes?${filters({ label: ['a=b'] })}`)).body).toMatchObject({
    Volumes: [volume],
  })
  expect((await json('GET', '/volumes/demo_data')).body).toMatchObject(volume)
  volumeUsers = ['c'.repeat(64)]
  expect(await json('DELETE', '/volumes/demo_data')).toEqual({
    status: 409,
    body: { message: `remove demo_data: volume is in use - [${'c'.repeat(64)}]` },
  })
  volumeUsers = []
  expect((await json('DELETE', '/volumes/demo_data')).status).toBe(204)
  expect(await json('GET', '/volumes/demo_data')).toEqual({
    status: 404,
    body: { message: 'get demo_data: no such volume' },
  })
})

test('prune takes anonymous volumes, and named ones only when asked', async () => {
  await json('POST', '/volumes/create', { Name: 'demo_data' })
  const anonymous = (await json('POST', '/volumes/create', {})).body
  writeFileSync(join(anonymous.Mountpoint, 'file'), 'x')
  volumeUsers = ['c']
  expect((await json('POST', '/volumes/prune')).body.VolumesDeleted).toEqual([])
  volumeUsers = []
  expect((await json('POST', '/volumes/prune')).body.VolumesDeleted).toEqual([anonymous.Name])
  expect((await json('POST', `/volumes/prune?${filters({ all: ['true'] })}`)).body.VolumesDeleted).toEqual([
    'demo_data',
  ])
})
