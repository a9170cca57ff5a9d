import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { request } from 'node:http'

/**
 * One of the two products measured: how its compose command is called and where its engine answers.
 * `compose` and `enter` are argument vectors; `enter` prefixes what must reach published ports.
 */
export class Side {
  constructor({ name, compose, socket, enter = [], env = {} }) {
    Object.assign(this, { name, compose, socket, enter, env })
  }

  /** Runs the compose command; resolves with seconds of wall and CPU time. Throws when it fails. */
  async run(args, { cwd, output = false } = {}) {
    const [command, ...rest] = [...this.enter, ...this.compose, ...args]
    const before = childCpu()
    const start = process.hrtime.bigint()
    const child = spawn(command, rest, {
      cwd,
      env: { ...process.env, ...this.env },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    const [out, err] = [[], []]
    child.stdout.on('data', (chunk) => out.push(chunk))
    child.stderr.on('data', (chunk) => err.push(chunk))
    const code = await new Promise((resolve, reject) => child.on('error', reject).on('close', resolve))
    const wall = Number(process.hrtime.bigint() - start) / 1e9
    if (code !== 0) throw new Error(`${this.name}: ${args.join(' ')}: exit ${code}\n${Buffer.concat(err)}`)
    return { wall, cpu: childCpu() - before, stdout: output ? Buffer.concat(out).toString() : '' }
  }

  /** A call to the engine's API; resolves with the parsed body and the seconds it took. */
  call(method, path, body) {
    const start = process.hrtime.bigint()
    return new Promise((resolve, reject) => {
      const headers = body === undefined ? {} : { 'content-type': 'application/json' }
      const call = request({ socketPath: this.socket, method, path, headers })
      call.on('error', reject)
      call.on('response', async (response) => {
        let text = ''
        for await (const chunk of response) text += chunk
        const seconds = Number(process.hrtime.bigint() - start) / 1e9
        if (response.statusCode >= 400)
          reject(new Error(`${this.name}: ${method} ${path}: ${response.statusCode} ${text}`))
        else resolve({ seconds, body: text === '' ? undefined : JSON.parse(text) })
      })
      call.end(body === undefined ? undefined : JSON.stringify(body))
    })
  }
}

/** CPU of waited-for children is not in resourceUsage of Node.js; read it from the kernel. */
export const childCpu = () => {
  const fields = readFileSync('/proc/self/stat', 'utf8').split(') ')[1].split(' ')
  return (Number(fields[13]) + Number(fields[14])) / 100
}
