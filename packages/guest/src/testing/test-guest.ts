import { type ChildProcess, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { connect, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { artifactPath } from '@container-compose/core'
import { AgentClient } from '../client/agent-client.ts'
import { buildInitramfs } from '../initramfs.ts'
import { guestKernel } from '../kernel.ts'
import { type GuestLogRecord, LogDecoder } from '../protocol/log-record.ts'
import type { GuestProcess, GuestSetup } from '../protocol/setup.ts'

/** A guest of a test: booted under emulation, without network, its disk a copy-on-write view of an image. */
export interface TestGuest {
  /** A connection to the agent's port; `takeOver` as in AgentClient. */
  attach(takeOver: boolean): Promise<AgentClient>
  /** The raw port. */
  socket(): Promise<Socket>
  log(): Promise<GuestLogRecord[]>
  /** Resolves when the machine has powered off. */
  readonly off: Promise<void>
  /** Of QEMU. */
  readonly pid: number
  /** What the guest's kernel has said. */
  console(): Promise<string>
  destroy(): Promise<void>
}

const cache = process.env['CONTAINER_COMPOSE_CACHE'] ?? '/var/cache/container-compose'

export interface TestGuestOptions {
  /** Where the chardevs of the mount ports listen; without a path the guest has no such port. */
  readonly plain?: string
  readonly locking?: string
  readonly sockets?: string
  /** Network cards, joined to nothing. Default: none. */
  readonly nics?: number
}

export const bootGuest = async (
  image: string,
  { plain, locking, sockets, nics = 0 }: TestGuestOptions = {},
): Promise<TestGuest> => {
  const folder = await mkdtemp(join(tmpdir(), 'guest-'))
  const kernel = await guestKernel(cache)
  const initramfs = join(folder, 'initramfs')
  await writeFile(initramfs, await buildInitramfs(kernel, artifactPath('agent')))
  const path = join(folder, 'agent')
  const log = join(folder, 'log')
  await writeFile(log, '')
  const qemu = spawn('qemu-system-x86_64', [
    ...[
      '-M',
      'q35',
      '-accel',
      'tcg,tb-size=64',
      '-cpu',
      'max,la57=off,erms=off,fsrm=off',
      '-m',
      '256M',
      '-smp',
      '2',
    ],
    ...['-nodefaults', '-no-user-config', '-display', 'none', '-no-reboot'],
    ...['-serial', `file:${folder}/console`],
    ...['-kernel', kernel.vmlinux, '-initrd', initramfs],
    ...['-append', 'console=ttyS0 nokaslr mitigations=off quiet'],
    ...['-drive', `file=${image},if=none,id=d0,format=raw,snapshot=on`],
    ...['-device', 'virtio-blk-pci,drive=d0', '-device', 'virtio-serial-pci,id=s0'],
    ...['-chardev', `socket,id=agent,path=${path},server=on,wait=off`],
    ...['-device', 'virtserialport,bus=s0.0,nr=1,chardev=agent,name=agent'],
    ...['-chardev', `file,id=log,path=${log},append=on`],
    ...['-device', 'virtserialport,bus=s0.0,nr=2,chardev=log,name=log'],
    // Cards on a hub with nothing else: no packet leaves QEMU.
    ...Array.from({ length: nics }, (_, index) => [
      ...['-netdev', `hubport,id=n${index},hubid=0`],
      ...['-device', `virtio-net-pci,netdev=n${index},romfile=`],
    ]).flat(),
    ...port(3, 'mount-plain', plain),
    ...port(4, 'mount-locking', locking),
    ...port(5, 'sockets', sockets),
  ])
  const off = once(qemu, 'exit').then(() => {})
  const socket = (): Promise<Socket> => connectTo(path, qemu)
  return {
    socket,
    off,
    pid: qemu.pid ?? 0,
    attach: async (takeOver) =>
      AgentClient.connect(await socket(), { takeOver, signal: AbortSignal.timeout(60_000) }),
    log: async () => new LogDecoder().push(await readFile(log)),
    console: () => readFile(join(folder, 'console'), 'utf8'),
    async destroy() {
      qemu.kill('SIGKILL')
      await off
      await rm(folder, { recursive: true })
    },
  }
}

const port = (nr: number, name: string, path: string | undefined): readonly string[] =>
  path === undefined
    ? []
    : [
        ...['-chardev', `socket,id=${name},path=${path},server=on,wait=off`],
        ...['-device', `virtserialport,bus=s0.0,nr=${nr},chardev=${name},name=${name}`],
      ]

/** QEMU needs a moment to listen. */
const connectTo = async (path: string, qemu: ChildProcess): Promise<Socket> => {
  for (;;) {
    const socket = connect(path)
    const connected = await once(socket, 'connect').then(
      () => true,
      () => false,
    )
    if (connected) return socket
    if (qemu.exitCode !== null) throw new Error('QEMU has ended')
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

/** A process of a test: root, a shell's environment, Docker's capabilities. */
export const testProcess = (args: readonly string[], changes: Partial<GuestProcess> = {}): GuestProcess => ({
  args,
  env: ['PATH=/bin'],
  cwd: '/',
  user: '',
  additionalGroups: [],
  capabilities: dockerCapabilities,
  rlimits: [],
  noNewPrivileges: false,
  terminal: false,
  openStdin: false,
  ...changes,
})

const dockerCapabilities =
  'CHOWN DAC_OVERRIDE FOWNER FSETID KILL SETGID SETUID SETPCAP NET_BIND_SERVICE NET_RAW SYS_CHROOT MKNOD AUDIT_WRITE SETFCAP'
    .split(' ')
    .map((name) => `CAP_${name}`)

/** A container as Docker sets one up by default. */
export const testSetup = (
  process: GuestProcess | undefined,
  changes: Partial<GuestSetup> = {},
): GuestSetup => ({
  hostname: 'box',
  clock: BigInt(Date.now()) * 1_000_000n,
  entropy: randomBytes(64),
  nics: [],
  etcFiles: { hosts: '127.0.0.1 localhost\n', hostname: 'box\n', resolvConf: 'nameserver 127.0.0.11\n' },
  readOnlyRoot: false,
  mounts: dockerMounts,
  sysctl: {},
  maskedPaths: ['/proc/kcore', '/proc/keys', '/sys/firmware'],
  readonlyPaths: ['/proc/sys', '/proc/sysrq-trigger'],
  limits: {},
  init: false,
  ...(process === undefined ? {} : { process }),
  ...changes,
})

const mount = (target: string, type: string, options: string): GuestSetup['mounts'][number] => ({
  kind: 'filesystem',
  target,
  type,
  source: type,
  options: options.split(','),
})

const dockerMounts = [
  mount('/proc', 'proc', 'nosuid,noexec,nodev'),
  mount('/dev', 'tmpfs', 'nosuid,strictatime,mode=755,size=65536k'),
  mount('/dev/pts', 'devpts', 'nosuid,noexec,newinstance,ptmxmode=0666,mode=0620,gid=5'),
  mount('/sys', 'sysfs', 'nosuid,noexec,nodev,ro'),
  mount('/sys/fs/cgroup', 'cgroup', 'ro,nosuid,noexec,nodev'),
  mount('/dev/mqueue', 'mqueue', 'nosuid,noexec,nodev'),
  mount('/dev/shm', 'tmpfs', 'nosuid,noexec,nodev,mode=1777,size=67108864'),
]
