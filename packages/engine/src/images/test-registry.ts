import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'

export interface TestRegistry {
  /** `127.0.0.1:PORT` */
  readonly address: string
  stop(): Promise<void>
}

/** Debian's docker-registry on a free port of the loopback; with `password`, a bcrypt hash, only for `user`. */
export const startRegistry = async (options: { readonly password?: string } = {}): Promise<TestRegistry> => {
  const dir = mkdtempSync(join(tmpdir(), 'cc-registry-'))
  const port = await freePort()
  const address = `127.0.0.1:${port}`
  const lines = [
    'version: 0.1',
    'log: {level: error, accesslog: {disabled: true}}',
    `storage: {filesystem: {rootdirectory: ${dir}/data}}`,
    `http: {addr: "${address}"}`,
  ]
  if (options.password !== undefined) {
    writeFileSync(join(dir, 'users'), `user:${options.password}\n`)
    lines.push(`auth: {htpasswd: {realm: test, path: ${dir}/users}}`)
  }
  writeFileSync(join(dir, 'config.yml'), lines.join('\n'))
  const child = spawn('docker-registry', ['serve', join(dir, 'config.yml')], { stdio: 'ignore' })
  const deadline = Date.now() + 15_000
  for (;;) {
    const answered = await fetch(`http://${address}/v2/`).then(
      ({ ok, status }) => ok || status === 401,
      () => false,
    )
    if (answered) break
    if (Date.now() > deadline || child.exitCode !== null) throw new Error('docker-registry did not answer')
    await setTimeout(50)
  }
  return {
    address,
    stop: async () => {
      child.kill()
      await once(child, 'exit')
      rmSync(dir, { recursive: true })
    },
  }
}

const freePort = (): Promise<number> =>
  new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0))
    })
  })
