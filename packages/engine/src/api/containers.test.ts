import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { EngineBed } from '../daemon/testing/engine-bed.ts'

let bed: EngineBed
beforeEach(async () => {
  bed = await EngineBed.open()
})
afterEach(() => bed.close())

const state = async (name: string) => (await bed.call('GET', `/containers/${name}/json`)).body.State

test('a container is created, started, waited for, and its exit code is there', async () => {
  const id = await bed.create('one', 'exit 7')
  expect(await state('one')).toMatchObject({ Status: 'created', Running: false })
  const ended = bed.call('POST', `/containers/${id}/wait?condition=next-exit`)
  expect((await bed.call('POST', '/containers/one/start')).status).toBe(204)
  expect((await ended).body).toEqual({ StatusCode: 7 })
  expect(await state(id.slice(0, 8))).toMatchObject({ Status: 'exited', ExitCode: 7 })
})

test('what runs a container is told for as long as it runs', async () => {
  const inspect = async () => (await bed.call('GET', '/containers/seen/json')).body
  await bed.create('seen', 'sleep 100')
  expect((await inspect()).Machine).toBeUndefined()
  await bed.call('POST', '/containers/seen/start')
  const { Machine, State } = await inspect()
  expect(Machine).toEqual({ Runtime: 'vm', StartedInMs: expect.any(Number), Pid: State.Pid })
  await bed.stop()
  await bed.start()
  expect((await inspect()).Machine).toEqual(Machine)
  await bed.call('POST', '/containers/seen/stop')
  expect((await inspect()).Machine).toBeUndefined()
})

test('starting what runs and stopping what does not is 304', async () => {
  await bed.create('two', 'sleep 100')
  expect((await bed.call('POST', '/containers/two/stop')).status).toBe(304)
  await bed.call('POST', '/containers/two/start')
  expect((await bed.call('POST', '/containers/two/start')).status).toBe(304)
  expect((await bed.call('POST', '/containers/two/stop?t=5')).status).toBe(204)
  expect(await state('two')).toMatchObject({ Status: 'exited', ExitCode: 143 })
})

test('what ignores the stop signal is killed when its time is over', async () => {
  await bed.create('deaf', "trap '' TERM; echo ready; while :; do sleep 0.01; done")
  await bed.call('POST', '/containers/deaf/start')
  await bed.call('POST', '/containers/deaf/stop?t=0')
  expect(await state('deaf')).toMatchObject({ Status: 'exited', ExitCode: 137 })
})

test('what has ended is only listed when asked for, and filters are checked', async () => {
  const list = async (filters: object, all = 1) =>
    (await bed.call('GET', `/containers/json?all=${all}&filters=${JSON.stringify(filters)}`)).body
  await bed.create('ended', 'exit 4')
  await bed.call('POST', '/containers/ended/start')
  await expect.poll(async () => (await state('ended')).Status).toBe('exited')
  expect(await list({ exited: ['4'] }, 0)).toEqual([])
  expect(await list({ exited: ['4'] })).toHaveLength(1)
  expect(await list({ exited: ['5'] })).toEqual([])
  expect(await list({ network: ['none'] })).toHaveLength(1)
  expect(await list({ status: ['foo'] })).toEqual({
    message: `invalid filter 'status=foo': invalid value for state (foo): must be one of created, running, paused, restarting, removing, exited, dead`,
  })
  expect((await list({ health: ['foo'] })).message).toContain('must be one of none, starting')
  expect((await list({ exited: ['x'] })).message).toContain('invalid syntax')
})

test('a name is taken until it is renamed or removed', async () => {
  const id = await bed.create('name', 'true')
  const again = await bed.call('POST', '/containers/create?name=name', { Image: 'test:1', Cmd: ['true'] })
  expect(again.status).toBe(409)
  expect(again.body.message).toContain(`already in use by container "${id}"`)
  expect((await bed.call('POST', '/containers/name/rename?name=other')).status).toBe(204)
  expect((await bed.call('GET', '/containers/name/json')).status).toBe(404)
  expect((await bed.call('DELETE', '/containers/other')).status).toBe(204)
  expect((await bed.call('GET', `/containers/${id}/json`)).body).toEqual({
    message: `No such container: ${id}`,
  })
})

test('what runs is only removed by force', async () => {
  await bed.create('busy', 'sleep 100')
  await bed.call('POST', '/containers/busy/start')
  expect((await bed.call('DELETE', '/containers/busy')).status).toBe(409)
  expect((await bed.call('DELETE', '/containers/busy?force=1')).status).toBe(204)
  expect((await bed.call('GET', '/containers/json?all=1')).body).toEqual([])
})

test('a program that is not there is a fault of the request, and the container stays as it was', async () => {
  await bed.create('none', '', { Cmd: ['/no/such/program'] })
  const { status, body } = await bed.call('POST', '/containers/none/start')
  expect(status).toBe(400)
  expect(body.message).toContain('executable file not found in $PATH')
  expect(await state('none')).toMatchObject({ Status: 'created', ExitCode: 127 })
})

test('a container that removes itself is gone when somebody who waits for that is told', async () => {
  await bed.create('brief', 'exit 3', {}, { AutoRemove: true })
  const removed = bed.call('POST', '/containers/brief/wait?condition=removed')
  await bed.call('POST', '/containers/brief/start')
  expect((await removed).body).toEqual({ StatusCode: 3 })
  expect((await bed.call('GET', '/containers/brief/json')).status).toBe(404)
})

test('a restart policy starts a failed container again, and counts', async () => {
  await bed.create('again', 'exit 1', {}, { RestartPolicy: { Name: 'on-failure', MaximumRetryCount: 2 } })
  await bed.call('POST', '/containers/again/start')
  await expect.poll(async () => (await state('again')).Status).toBe('exited')
  expect((await bed.call('GET', '/containers/again/json')).body.RestartCount).toBe(2)
})

test('lists are filtered by label, name and status', async () => {
  await bed.create('green', 'true', { Labels: { colour: 'green' } })
  await bed.create('red', 'true', { Labels: { colour: 'red' } })
  const names = async (filters: object, all = 1) =>
    (
      await bed.call(
        'GET',
        `/containers/json?all=${all}&filters=${encodeURIComponent(JSON.stringify(filters))}`,
      )
    ).body.map(({ Names }: { Names: string[] }) => Names[0])
  expect(await names({ label: { 'colour=red': true } })).toEqual(['/red'])
  expect(await names({ label: ['colour', 'from=image'] })).toEqual(['/red', '/green'])
  expect(await names({ name: ['gre'] })).toEqual(['/green'])
  expect(await names({ status: ['running'] })).toEqual([])
  expect(await names({}, 0)).toEqual([])
})

test('an unknown image and an unknown runtime are named', async () => {
  const image = await bed.call('POST', '/containers/create', { Image: 'nope', Cmd: ['a'] })
  expect([image.status, image.body.message]).toEqual([404, 'No such image: nope:latest'])
  const runtime = await bed.call('POST', '/containers/create', {
    Image: 'test:1',
    HostConfig: { Runtime: 'nope' },
  })
  expect([runtime.status, runtime.body.message]).toEqual([400, 'unknown or invalid runtime name: nope'])
})

test('events say what happened, in order', async () => {
  const id = await bed.create('told', 'exit 2', { Labels: { who: 'me' } })
  const wait = bed.call('POST', '/containers/told/wait?condition=next-exit')
  await bed.call('POST', '/containers/told/start')
  await wait
  await bed.call('DELETE', '/containers/told')
  const filters = encodeURIComponent(JSON.stringify({ container: [id], label: ['who=me'] }))
  const until = Math.ceil(Date.now() / 1000)
  const { text } = await bed.call('GET', `/events?since=1&until=${until}&filters=${filters}`)
  const events = text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
  expect(events.map(({ Action }) => Action)).toEqual(['create', 'start', 'die', 'destroy'])
  expect(events[2].Actor).toMatchObject({ ID: id, Attributes: { exitCode: '2', name: 'told', who: 'me' } })
})

test('health becomes healthy', async () => {
  const Healthcheck = { Test: ['CMD', 'true'], Interval: 1e7 }
  await bed.create('well', 'sleep 100', { Healthcheck })
  await bed.call('POST', '/containers/well/start')
  await expect.poll(async () => (await state('well')).Health.Status).toBe('healthy')
})

test('after the engine was away runs go on, and exits that happened meanwhile are known', async () => {
  await bed.create('stays', 'sleep 100')
  const id = await bed.create('ends', 'read line; exit 9', { OpenStdin: true })
  for (const name of ['stays', 'ends']) await bed.call('POST', `/containers/${name}/start`)
  const { Pid } = await state('ends')
  await bed.stop()
  process.kill(-Pid, 'SIGKILL')
  await expect.poll(() => isAlive(Pid)).toBe(false)
  await bed.start()
  expect(await state('stays')).toMatchObject({ Status: 'running' })
  await expect.poll(async () => (await state(id)).Status).toBe('exited')
  expect(await state(id)).toMatchObject({ ExitCode: 137 })
  expect((await bed.call('POST', '/containers/stays/stop')).status).toBe(204)
})

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

test('a file can be bound like a directory, a source that is not there is made, and one that cannot be is told', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'binds-'))
  try {
    writeFileSync(join(folder, 'file'), '')
    const create = (name: string, source: string) =>
      bed.call('POST', `/containers/create?name=${name}`, {
        Image: 'test:1',
        HostConfig: { Binds: [`${folder}/${source}:/inside`] },
      })
    expect((await create('of-file', 'file')).status).toBe(201)
    expect((await create('of-new', 'new/deep')).status).toBe(201)
    expect(statSync(join(folder, 'new/deep')).isDirectory()).toBe(true)
    expect(await create('of-none', 'file/below')).toMatchObject({
      status: 500,
      body: {
        message: `error while creating mount source path '${folder}/file/below': mkdir ${folder}/file/below: not a directory`,
      },
    })
  } finally {
    rmSync(folder, { recursive: true })
  }
})
