import { afterEach, beforeEach, expect, test } from 'vitest'
import { EngineBed } from '../daemon/testing/engine-bed.ts'

let bed: EngineBed
beforeEach(async () => {
  bed = await EngineBed.open()
  const options = { type: 'ext4', size: '16m' }
  await bed.call('POST', '/volumes/create', { Name: 'data', DriverOpts: options })
})
afterEach(() => bed.close())

const create = (name: string, bind: string) => bed.create(name, 'sleep 100', {}, { Binds: [bind] })
const start = (name: string) => bed.call('POST', `/containers/${name}/start`)

test('of two containers that start at once with a disk one is refused, whatever it would do', async () => {
  await create('one', 'data:/a')
  await create('two', 'data:/b:ro')
  const answers = await Promise.all([start('one'), start('two')])
  const refused = answers.filter(({ status }) => status === 409)
  expect(answers.map(({ status }) => status).toSorted()).toEqual([204, 409])
  expect(refused[0]?.body.message).toMatch(
    /^cannot start container "(one|two)": volume "data" is of type ext4, .* container "(one|two)" is using it/,
  )
})

test('a container that has ended or stands in the way of nobody is none', async () => {
  await create('one', 'data:/a')
  await create('two', 'data:/b')
  await start('one')
  expect((await start('two')).status).toBe(409)
  expect((await bed.call('GET', '/containers/two/json')).body.State).toMatchObject({
    Status: 'created',
    Error: expect.stringContaining('container "one" is using it'),
  })
  await bed.call('POST', '/containers/one/pause')
  expect((await start('two')).status).toBe(409)
  await bed.call('POST', '/containers/one/kill')
  expect((await start('two')).status).toBe(204)
})

test('it is inspected, listed and removed as any volume', async () => {
  await create('one', 'data:/a')
  const volume = (await bed.call('GET', '/volumes/data')).body
  expect(volume).toMatchObject({ Driver: 'local', Options: { type: 'ext4', size: '16m' } })
  expect(volume.Mountpoint).toMatch(/\/data\/disk\.ext4$/)
  expect((await bed.call('GET', '/containers/one/json')).body.Mounts).toMatchObject([
    { Type: 'volume', Name: 'data', Source: volume.Mountpoint, Destination: '/a', RW: true },
  ])
  expect((await bed.call('DELETE', '/volumes/data')).status).toBe(409)
  await bed.call('DELETE', '/containers/one?v=1')
  expect((await bed.call('POST', '/volumes/prune?filters={"all":["true"]}')).body.VolumesDeleted).toEqual([
    'data',
  ])
})
