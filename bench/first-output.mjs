import { request } from 'node:http'

/**
 * From the request to start a container to the first byte that its program writes, as a client sees it that is attached. The
 * program is `echo` of a static busybox: what lies behind its first instruction is small beside what lies before.
 */
export const firstOutput = async (side, { name, ready }) => {
  const spec = { Image: 'demo/busybox:1', Cmd: ['echo', 'first'], AttachStdout: true }
  const { Id: id } = (await side.call('POST', `/containers/create?name=${name}`, spec)).body
  await ready()
  const stream = await attach(side, id)
  const begin = process.hrtime.bigint()
  const first = new Promise((resolve, reject) => {
    stream.once('data', () => resolve(process.hrtime.bigint()))
    stream.once('end', () => reject(new Error(`${side.name}: ${name} said nothing`)))
  })
  const [at, { seconds }] = await Promise.all([first, side.call('POST', `/containers/${id}/start`)])
  stream.destroy()
  await side.call('DELETE', `/containers/${id}?force=1&v=1`)
  return { first: Number(at - begin) / 1e9, answered: seconds }
}

const attach = (side, id) =>
  new Promise((resolve, reject) => {
    const call = request({
      socketPath: side.socket,
      method: 'POST',
      path: `/containers/${id}/attach?stream=1&stdout=1`,
      headers: { connection: 'Upgrade', upgrade: 'tcp' },
    })
    call.on('upgrade', (_response, socket) => resolve(socket))
    call.on('response', ({ statusCode }) => reject(new Error(`${side.name}: attach: ${statusCode}`)))
    call.on('error', reject)
    call.end()
  })
