import { type ChildProcess, spawn } from 'node:child_process'
import * as fs from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { artifactPath } from '@container-compose/core'
import { expect } from 'vitest'
import { eventually, type MountedPort, mountPort } from './mounted-port.ts'

const isMark = (line: string): boolean => / mark(-\d+)?$/.test(line)

/** A port with one source, and a program in the guest that watches it and says what it hears, one after the other. */
export class Watcher implements AsyncDisposable {
  heard: string[] = []
  /** Of the test under way: what is made there shows that all that was done before has been told. */
  last = ''
  private child: ChildProcess | undefined
  private marks = 0
  /** The source, with a directory `elsewhere` in it. */
  readonly host: string
  readonly port: MountedPort
  private constructor(host: string, port: MountedPort) {
    this.host = host
    this.port = port
  }

  static async create(): Promise<Watcher> {
    const host = await fs.mkdtemp(join(tmpdir(), 'watchers-'))
    await fs.mkdir(join(host, 'elsewhere'))
    return new Watcher(host, await mountPort('plain', [`rw=${host}`]))
  }

  /** A path as the guest has it. */
  inside(name: string): string {
    return join(this.port.root, '0', name)
  }

  /** Makes a directory for a test of that name. */
  async prepare(name: string): Promise<string> {
    this.last = `${name}-last`
    for (const dir of [name, this.last]) await fs.mkdir(join(this.host, dir), { recursive: true })
    await fs.writeFile(join(this.host, this.last, 'mark'), '')
    return join(this.host, name)
  }

  /** Watches in the guest, as a program there would; resolves when it does. */
  async begin(...names: readonly string[]): Promise<void> {
    const heard: string[] = []
    this.heard = heard
    const paths = names.map((name) => this.inside(name))
    const child = spawn(artifactPath('print-events'), paths, { stdio: ['ignore', 'pipe', 'inherit'] })
    this.child = child
    await this.port.addProcess(child.pid ?? 0)
    let pending = ''
    child.stdout.on('data', (text: Buffer) => {
      const lines = `${pending}${text}`.split('\n')
      pending = lines.pop() ?? ''
      this.heard.push(...lines)
    })
    await this.hearsOf('ready')
  }

  /** The same, `last` too, and what happened before is told no more. */
  async watch(...names: readonly string[]): Promise<void> {
    await this.begin(...names, this.last)
    await eventually(async () => {
      await fs.writeFile(join(this.host, this.last, 'mark'), String(Math.random()))
      await new Promise((resolve) => setTimeout(resolve, 50))
      return this.heard.some((line) => line.endsWith('modify mark')) || undefined
    })
    await new Promise((resolve) => setTimeout(resolve, 100))
    this.heard = []
  }

  end(): void {
    this.child?.kill()
  }

  /** What was heard; one save is often several writes. */
  told(): string[] {
    return this.heard.filter((line, i) => !line.includes('modify') || !this.heard.slice(0, i).includes(line))
  }

  async hearsOf(...lines: readonly string[]): Promise<void> {
    for (const line of lines) await eventually(async () => this.heard.includes(line) || undefined)
  }

  /**
   * Resolves when all that has happened until now has been told. What should not come would come with the next poke at the latest.
   * Each mark has a name of its own: an event of the one before may still be on its way.
   */
  async untilHeard(): Promise<void> {
    this.marks += 1
    const mark = `mark-${this.marks}`
    await fs.writeFile(join(this.host, this.last, mark), '')
    await eventually(async () => this.heard.some((line) => line.endsWith(`create ${mark}`)) || undefined)
  }

  /** Exactly these events, in this order, and none after them. */
  async hears(...events: readonly string[]): Promise<void> {
    const named = () => this.told().filter((line) => !isMark(line))
    await eventually(async () => named().length >= events.length || undefined).catch(() => {})
    await this.untilHeard()
    expect(named()).toEqual(events)
    this.heard = []
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.port[Symbol.asyncDispose]()
    await fs.rm(this.host, { recursive: true })
  }
}
