import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { execa } from 'execa'
import { eventually } from './eventually.ts'

export const repository = fileURLToPath(new URL('..', import.meta.url))
export const bundle = join(repository, 'packages/cli/dist/container-compose.mjs')
/** Shared by all tests: templates, bases and images are made once. */
export const cache = process.env['CONTAINER_COMPOSE_CACHE'] ?? join(repository, '.cache/engine')
export const imageArchives = join(repository, '.cache/images')
const dockerClient = join(repository, '.cache/docker/usr/bin/docker')

export interface Outcome {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

export interface RunOptions {
  readonly cwd?: string
  readonly env?: Readonly<Record<string, string>>
  readonly input?: string
  /** Leaves stdin open for who writes to it later. */
  readonly openInput?: boolean
  readonly timeoutMs?: number
}

/**
 * A pretended host: a network namespace with nothing but loopback, and an engine root of its own. Everything that a scenario
 * starts lives in it, and `leftovers` says what of it is still there.
 */
export class Host {
  readonly netns: string
  readonly root: string
  private constructor(netns: string) {
    this.netns = netns
    this.root = mkdtempSync(join(tmpdir(), 'cc-'))
  }

  static async create(): Promise<Host> {
    const netns = `cc-${process.pid}-${Math.random().toString(36).slice(2, 8)}`
    const host = new Host(netns)
    await execa('ip', ['netns', 'add', netns])
    await execa('ip', ['-n', netns, 'link', 'set', 'lo', 'up'])
    return host
  }

  get socket(): string {
    return join(this.root, 'run/engine.sock')
  }

  private environment(extra: Readonly<Record<string, string>> = {}): Record<string, string> {
    const { PATH = '/usr/sbin:/usr/bin:/sbin:/bin', HOME = '/root' } = process.env
    return {
      ...{ PATH, HOME, CONTAINER_COMPOSE_ROOT: this.root, CONTAINER_COMPOSE_CACHE: cache },
      // Machines are counted, and a spare would take the processors that others wait for.
      CONTAINER_COMPOSE_WARM_SPARE: 'off',
      ...extra,
    }
  }

  /** Any program inside the namespace. Never rejects for an exit status. */
  async run(command: string, args: readonly string[], options: RunOptions = {}): Promise<Outcome> {
    const result = await this.spawn(command, args, options)
    if (result.timedOut)
      throw new Error(
        `${command} ${args.join(' ')}: no end in ${options.timeoutMs ?? 120_000} ms\n${result.stdout}\n${result.stderr}`,
      )
    return { code: result.exitCode ?? 128, stdout: String(result.stdout), stderr: String(result.stderr) }
  }

  /** Like `run`, but hands out the process, for what is interrupted or killed. */
  spawn(
    command: string,
    args: readonly string[],
    { cwd, env, input, openInput = false, timeoutMs = 120_000 }: RunOptions = {},
  ) {
    return execa('nsenter', [`--net=/run/netns/${this.netns}`, command, ...args], {
      cwd: cwd ?? this.root,
      env: this.environment(env),
      extendEnv: false,
      reject: false,
      timeout: timeoutMs,
      maxBuffer: 1 << 28,
      stripFinalNewline: false,
      ...(input === undefined ? { stdin: openInput ? 'pipe' : 'ignore' } : { input }),
    })
  }

  compose(args: readonly string[], options?: RunOptions): Promise<Outcome> {
    return this.run(process.execPath, [bundle, ...args], options)
  }

  /** `compose` that must succeed; the error shows both outputs. */
  async ok(args: readonly string[], options?: RunOptions): Promise<Outcome> {
    const outcome = await this.compose(args, options)
    if (outcome.code !== 0)
      throw new Error(
        `container-compose ${args.join(' ')}: exit ${outcome.code}\n${outcome.stdout}\n${outcome.stderr}`,
      )
    return outcome
  }

  /** The real docker client, as a stranger to our engine. */
  docker(args: readonly string[], options?: RunOptions): Promise<Outcome> {
    return this.run(dockerClient, ['-H', `unix://${this.socket}`, ...args], options)
  }

  /** Loads images of the project's image script into the engine. */
  async load(...names: readonly string[]): Promise<void> {
    await this.ok(['engine', 'start'])
    for (const name of names) {
      const outcome = await this.docker(['load', '-i', join(imageArchives, `${name}.tar`)])
      if (outcome.code !== 0) throw new Error(`load ${name}: ${outcome.stderr}`)
    }
  }

  /** A project folder with these files; its name is the project's. */
  project(name: string, files: Readonly<Record<string, string>>): string {
    const dir = join(this.root, 'projects', name)
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(dir, path)), { recursive: true })
      writeFileSync(join(dir, path), text)
    }
    return dir
  }

  /** Body of an HTTP answer, fetched inside the namespace. */
  async fetch(url: string): Promise<string> {
    const script =
      'fetch(process.argv[1]).then(async (r) => { process.stdout.write(await r.text()); process.exitCode = r.ok ? 0 : 1 })'
    const { code, stdout, stderr } = await this.run(process.execPath, ['-e', script, url], {
      timeoutMs: 20_000,
    })
    if (code !== 0) throw new Error(`GET ${url}: ${stderr}${stdout}`)
    return stdout
  }

  /** Processes that live in the namespace, know the root or have a file of it open, as machines do: pid and command line. */
  processes(): { pid: number; command: string }[] {
    const inode = this.namespaceInode()
    const found: { pid: number; command: string }[] = []
    for (const entry of readdirSync('/proc')) {
      const pid = Number(entry)
      if (!Number.isInteger(pid) || pid === process.pid) continue
      try {
        const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ')
        const environment = readFileSync(`/proc/${pid}/environ`, 'latin1')
        const inNamespace = readlinkSync(`/proc/${pid}/ns/net`) === inode
        if (
          inNamespace ||
          command.includes(this.root) ||
          environment.includes(this.root) ||
          (/qemu-system|\/cage /.test(command) && openFiles(pid).some((path) => path.includes(this.root)))
        )
          found.push({ pid, command })
      } catch {
        // It ended while we looked.
      }
    }
    return found
  }

  /** The machines among them. */
  machines(): number[] {
    return this.processes()
      .filter(({ command }) => /^\S*qemu-system/.test(command))
      .map(({ pid }) => pid)
  }

  private namespaceInode(): string {
    try {
      return `net:[${statSync(`/run/netns/${this.netns}`).ino}]`
    } catch {
      return ''
    }
  }

  /** Mounts anywhere below the root, as this process sees them. */
  mounts(): string[] {
    return readFileSync('/proc/self/mounts', 'utf8')
      .split('\n')
      .filter((line) => line.includes(this.root))
  }

  /** Ends the engine with all its containers and the namespace; fails when something of it stays. */
  async destroy(): Promise<void> {
    if (process.env['KEEP_FAILED'] !== undefined) return
    await this.compose(['engine', 'stop', '--containers'])
    const left = () => [...this.processes().map(({ pid, command }) => `${pid} ${command}`), ...this.mounts()]
    try {
      await eventually(() => left().length === 0, 'everything of the engine has ended', 15_000)
    } catch {
      const remains = left()
      for (const { pid } of this.processes()) process.kill(pid, 'SIGKILL')
      for (const line of this.mounts())
        await execa('umount', ['-l', line.split(' ')[1] ?? ''], { reject: false })
      throw new Error(`left behind by ${this.root}:\n${remains.join('\n')}`)
    } finally {
      await execa('ip', ['netns', 'delete', this.netns], { reject: false })
      rmSync(this.root, { recursive: true, force: true })
    }
  }
}

const openFiles = (pid: number): string[] =>
  readdirSync(`/proc/${pid}/fd`).map((fd) => {
    try {
      return readlinkSync(`/proc/${pid}/fd/${fd}`)
    } catch {
      return ''
    }
  })
