import { mkdtempSync, rmSync } from 'node:fs'
import { connect, createServer, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { pumpInput } from './stdin.ts'

/** The two ends of a connection, client first. */
const connection = async (): Promise<[Socket, Socket]> => {
  const folder = mkdtempSync(join(tmpdir(), 'cc-'))
  const path = join(folder, 'socket')
  const server = createServer({ allowHalfOpen: true })
  const client = await new Promise<Socket>((resolve) =>
    server.listen(path, () => resolve(connect({ path, allowHalfOpen: true }))),
  )
  const accepted = await new Promise<Socket>((resolve) => server.once('connection', resolve))
  onTestFinished(() => {
    client.destroy()
    accepted.destroy()
    server.close()
    rmSync(folder, { recursive: true })
  })
  return [client, accepted]
}

const pump = async (input: Socket): Promise<string> => {
  const taken: Buffer[] = []
  await pumpInput(
    { input, gone: new AbortController().signal, write: () => Promise.resolve(), end: () => {} },
    { write: async (data) => void taken.push(data), end: async () => void taken.push(Buffer.from('<end>')) },
  )
  return Buffer.concat(taken).toString()
}

test('what is sent reaches the target, and then its end', async () => {
  const [client, accepted] = await connection()
  const pumped = pump(accepted)
  client.write('one ')
  client.end('two ')
  expect(await pumped).toBe('one two <end>')
})

test('an end that came before anybody read is passed on', async () => {
  const [client, accepted] = await connection()
  client.end()
  // A socket says so without being read when nothing came before.
  await new Promise((resolve) => accepted.once('end', resolve))
  expect(await pump(accepted)).toBe('<end>')
})
