import { once } from 'node:events'
import { get, type IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import { connect } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { EngineBed } from '../daemon/testing/engine-bed.ts'
import { frame } from './frames.ts'

let bed: EngineBed
beforeAll(async () => {
  bed = await EngineBed.open()
})
afterAll(() => bed.close())

/** All that a connection gives until its end. */
const everything = async ({ socket, head }: { socket: Socket; head: Buffer }): Promise<Buffer> => {
  const chunks = [head]
  socket.on('data', (chunk: Buffer) => chunks.push(chunk))
  await once(socket, 'end')
  socket.end()
  return Buffer.concat(chunks)
}
/** What is in the frames, whatever the stream. */
const unframed = (bytes: Buffer): string => {
  let text = ''
  for (let at = 0; at < bytes.length; at += 8 + bytes.readUInt32BE(at + 4))
    text += bytes.toString('latin1', at + 8, at + 8 + bytes.readUInt32BE(at + 4))
  return text
}
const out = (text: string) => frame('stdout', Buffer.from(text))

test('who attaches before the start gets all output, in frames, and then the end', async () => {
  await bed.create('early', 'echo out; exec 1>&-; echo err >&2')
  const connection = await bed.hijack('/v1.51/containers/early/attach?stream=1&stdout=1&stderr=1')
  expect(connection.response.headers['content-type']).toBe('application/vnd.docker.multiplexed-stream')
  const received = everything(connection)
  await bed.call('POST', '/containers/early/start')
  expect(await received).toEqual(Buffer.concat([out('out\n'), frame('stderr', Buffer.from('err\n'))]))
})

test('input reaches the program, and its end too', async () => {
  await bed.create('cat', 'cat', { OpenStdin: true, StdinOnce: true })
  const connection = await bed.hijack('/containers/cat/attach?stream=1&stdin=1&stdout=1')
  await bed.call('POST', '/containers/cat/start')
  connection.socket.end('typed\n')
  expect(await everything(connection)).toEqual(out('typed\n'))
})

test('attaching to a container that removes itself loses nothing', async () => {
  await bed.create('brief', 'seq 1 2000', {}, { AutoRemove: true })
  const connection = await bed.hijack('/containers/brief/attach?stream=1&stdout=1')
  await bed.call('POST', '/containers/brief/start')
  expect(
    unframed(await everything(connection))
      .trim()
      .split('\n'),
  ).toHaveLength(2000)
})

test('a client that does not upgrade gets the bytes after 200, and can send', async () => {
  await bed.create('plain', 'cat', { OpenStdin: true, StdinOnce: true })
  const socket = connect({ path: bed.socket, allowHalfOpen: true })
  const received = everything({ socket, head: Buffer.alloc(0) })
  socket.write('POST /v1.40/containers/plain/attach?stream=1&stdin=1&stdout=1 HTTP/1.1\r\nHost: x\r\n\r\n')
  await once(socket, 'data')
  await bed.call('POST', '/containers/plain/start')
  socket.end('raw\n')
  const [head = '', body = ''] = (await received).toString('latin1').split('\r\n\r\n')
  expect(head).toContain('HTTP/1.1 200 OK')
  expect(body).toBe(out('raw\n').toString('latin1'))
})

test('exec carries both streams and keeps the exit code', async () => {
  await bed.create('host', 'sleep 100')
  await bed.call('POST', '/containers/host/start')
  const { body } = await bed.call('POST', '/containers/host/exec', {
    Cmd: ['/bin/sh', '-c', 'cat; exit 5'],
    AttachStdin: true,
    AttachStdout: true,
  })
  const connection = await bed.hijack(`/exec/${body.Id}/start`, { Detach: false, Tty: false })
  connection.socket.end('into\n')
  expect(await everything(connection)).toEqual(out('into\n'))
  expect((await bed.call('GET', `/exec/${body.Id}/json`)).body).toMatchObject({ Running: false, ExitCode: 5 })
  expect((await bed.call('POST', `/exec/${body.Id}/start`, {})).status).toBe(409)
})

test('logs give the last lines, and then what follows', async () => {
  await bed.create('log', 'seq 1 5; read line; echo $line; echo err >&2', {
    OpenStdin: true,
    StdinOnce: true,
  })
  await bed.call('POST', '/containers/log/start')
  const all = async () => (await bed.call('GET', '/containers/log/logs?stdout=1')).text
  await expect.poll(all).toContain('5\n')
  const followed = bed.call('GET', '/containers/log/logs?stdout=1&stderr=1&follow=1&tail=2')
  const input = await bed.hijack('/containers/log/attach?stream=1&stdin=1')
  input.socket.end('six\n')
  const text = (await followed).text.replace(/[\u0000-\u0009\u000b-\u001f]/g, '')
  expect(text.match(/[a-z0-9]+\n/g)).toEqual(['4\n', '5\n', 'six\n', 'err\n'])
  expect((await bed.call('GET', '/containers/log/logs')).status).toBe(400)
})

test('a listener to events that does not listen is let go instead of filling memory', async () => {
  await bed.create('noisy', 'sleep 100')
  await bed.call('POST', '/containers/noisy/start')
  const answered = once(get({ socketPath: bed.socket, path: '/events', agent: false }), 'response')
  const [events] = (await answered) as [IncomingMessage]
  const ended = once(events, 'aborted')
  events.on('error', () => {})
  const Cmd = ['x'.repeat(1024 * 1024)]
  // The kernel takes some of it, our own side of the connection too.
  for (let count = 0; count < 8; count += 1) await bed.call('POST', '/containers/noisy/exec', { Cmd })
  events.resume()
  await ended
})
