import { statSync } from 'node:fs'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { EngineBed } from '../daemon/testing/engine-bed.ts'

let bed: EngineBed
beforeAll(async () => {
  bed = await EngineBed.open()
})
afterAll(() => bed.close())

test('a ping says which versions are spoken', async () => {
  const { status, text, headers } = await bed.call('GET', '/_ping')
  expect([status, text, headers['api-version'], headers['ostype']]).toEqual([200, 'OK', '1.51', 'linux'])
  expect((await bed.call('HEAD', '/v1.24/_ping')).status).toBe(200)
})

test('versions that are too old or too new are refused', async () => {
  expect((await bed.call('GET', '/v1.23/version')).status).toBe(400)
  expect((await bed.call('GET', '/v1.52/version')).body.message).toContain('is too new')
})

test('an unknown path, a bad body and a bad filter have their status', async () => {
  expect((await bed.call('GET', '/v1.51/nothing')).status).toBe(404)
  expect((await bed.call('POST', '/containers/create', Buffer.from('{'))).status).toBe(400)
  expect((await bed.call('GET', '/containers/json?filters={"nope":["a"]}')).status).toBe(400)
  expect((await bed.call('POST', '/session')).status).toBe(501)
  expect((await bed.call('GET', '/services')).status).toBe(503)
})

test('only the owner may use the socket', () => {
  expect(statSync(bed.socket).mode & 0o777).toBe(0o600)
})

test('networks are created, found, and removed; subnets do not overlap', async () => {
  const create = (body: object) => bed.call('POST', '/networks/create', body)
  expect((await create({ Name: 'front' })).status).toBe(201)
  expect((await create({ Name: 'front' })).status).toBe(409)
  const fixed = { Name: 'back', IPAM: { Config: [{ Subnet: '10.9.0.0/24' }] }, Internal: true }
  expect((await create(fixed)).status).toBe(201)
  expect((await create({ ...fixed, Name: 'other' })).status).toBe(403)
  expect(
    (await create({ Name: 'bad', IPAM: { Config: [{ Subnet: '1.2.3.4/99' }] } })).body.message,
  ).toContain('invalid CIDR block notation')
  expect((await create({ Name: 'plug', Driver: 'foo' })).body.message).toBe('plugin "foo" not found')
  const { body } = await bed.call('GET', '/networks/back')
  expect(body).toMatchObject({
    Internal: true,
    IPAM: { Config: [{ Subnet: '10.9.0.0/24', Gateway: '10.9.0.1' }] },
  })
  const names = (await bed.call('GET', '/networks?filters={"type":["custom"]}')).body
  expect(names.map(({ Name }: { Name: string }) => Name).sort()).toEqual(['back', 'front'])
  expect((await bed.call('DELETE', '/networks/back')).status).toBe(204)
  expect((await bed.call('DELETE', '/networks/bridge')).status).toBe(403)
  expect((await bed.call('GET', '/networks/back')).body.message).toBe('network back not found')
})
