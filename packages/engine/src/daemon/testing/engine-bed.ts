import { mkdtempSync, rmSync } from 'node:fs'
import { type IncomingMessage, request } from 'node:http'
import type { Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { digestOf } from '../../images/ingest.ts'
import { testDockerArchive, testTar } from '../../images/test-tar.ts'
import { Runtimes } from '../../runtime/runtimes.ts'
import { makeFolder } from '../../store/document.ts'
import type { Switch } from '../../switch/switch.ts'
import { type Engine, openEngine } from '../engine.ts'
import type { Log } from '../log.ts'
import { engineRoot } from '../root.ts'
import { serve } from '../serve.ts'
import { readSettings } from '../settings.ts'
import { ProcessRuntime } from './process-runtime.ts'

const silent: Log = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} }

const noSwitch: Switch = {
  exists: () => false,
  ensure: () => Promise.reject(new Error('these tests have no network')),
  apply: () => Promise.reject(new Error('these tests have no network')),
  openTap: () => Promise.reject(new Error('these tests have no network')),
  plugTap: () => Promise.reject(new Error('these tests have no network')),
  unplug: () => Promise.resolve(),
  destroy: () => Promise.resolve(),
}

export interface Answer {
  readonly status: number
  readonly headers: IncomingMessage['headers']
  readonly text: string
  /** The body as JSON. */
  // biome-ignore lint/suspicious/noExplicitAny: what the API answers is what the tests look at
  readonly body: any
}

/** An engine on a real socket in a folder of its own, whose containers are processes: `image` has a `test:1`. */
export class EngineBed {
  readonly #folder = mkdtempSync(join(tmpdir(), 'cc-'))
  readonly #runtime = new ProcessRuntime()
  #engine: Engine | undefined
  #served: Promise<void> = Promise.resolve()

  static async open(): Promise<EngineBed> {
    const bed = new EngineBed()
    await bed.start()
    const archive = testDockerArchive(
      {
        config: { Cmd: ['/bin/sh'], Env: ['PATH=/usr/bin:/bin'], Labels: { from: 'image' } },
        tags: ['test:1'],
        digest: digestOf,
      },
      testTar({ name: 'file', content: 'x' }),
    )
    await bed.call('POST', '/images/load', archive)
    return bed
  }

  get socket(): string {
    return join(this.#folder, 'run/engine.sock')
  }

  /** Opens the engine, on what an earlier one left. */
  async start(): Promise<void> {
    const root = engineRoot({
      CONTAINER_COMPOSE_ROOT: this.#folder,
      CONTAINER_COMPOSE_CACHE: join(this.#folder, 'cache'),
    })
    for (const folder of [root.data, root.run, root.cache]) makeFolder(folder)
    const engine = await openEngine({
      root,
      settings: readSettings(root.settingsFile),
      log: silent,
      build: 'test',
      runtimes: new Runtimes([this.#runtime], { name: 'vm', reason: 'this is a test' }),
      switch: noSwitch,
    })
    this.#engine = engine
    await new Promise<void>((resolve) => {
      this.#served = serve(engine, resolve)
    })
  }

  /** Lets the engine go; processes run on. */
  async stop(options: { readonly containers: boolean } = { containers: false }): Promise<void> {
    await this.#engine?.context.stop(options)
    await this.#served
  }

  async close(): Promise<void> {
    await this.stop({ containers: true })
    rmSync(this.#folder, { recursive: true })
  }

  call(method: string, path: string, body?: object | Buffer): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const sent = request({ socketPath: this.socket, method, path, agent: false }, (response) => {
        const chunks: Buffer[] = []
        response.on('data', (chunk: Buffer) => chunks.push(chunk))
        response.on('error', reject)
        response.on('end', () => {
          const text = Buffer.concat(chunks).toString()
          const isJson = response.headers['content-type'] === 'application/json' && text !== ''
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            text,
            body: isJson ? JSON.parse(text.split('\n', 1)[0] ?? '') : undefined,
          })
        })
      })
      sent.on('error', reject)
      sent.end(body === undefined || Buffer.isBuffer(body) ? body : JSON.stringify(body))
    })
  }

  /** Takes over a connection as docker's clients do. */
  hijack(path: string, body?: object): Promise<{ socket: Socket; head: Buffer; response: IncomingMessage }> {
    return new Promise((resolve, reject) => {
      const text = JSON.stringify(body ?? {})
      const sent = request({
        socketPath: this.socket,
        method: 'POST',
        path,
        headers: { Connection: 'Upgrade', Upgrade: 'tcp', 'Content-Length': Buffer.byteLength(text) },
      })
      sent.on('upgrade', (response, socket: Socket, head) => resolve({ response, socket, head }))
      sent.on('response', (response) => reject(new Error(`answered ${response.statusCode}`)))
      sent.on('error', reject)
      sent.end(text)
    })
  }

  /** Creates a container without network that runs a shell script; resolves with its id. */
  async create(name: string, script: string, more: object = {}, hostConfig: object = {}): Promise<string> {
    const { status, body, text } = await this.call('POST', `/containers/create?name=${name}`, {
      Image: 'test:1',
      Cmd: ['/bin/sh', '-c', script],
      ...more,
      HostConfig: { NetworkMode: 'none', ...hostConfig },
    })
    if (status !== 201) throw new Error(`create answered ${status}: ${text}`)
    return body.Id
  }
}
