import type { Readable } from 'node:stream'
import type { DiskMount, HostMount } from './host-mounts.ts'
import type { OciProcess, OciSpec } from './oci-spec.ts'

/**
 * All that a runtime needs to run one container: plain data, written by the engine, the same for every runtime.
 * A runtime keeps what it adds (disk, sockets, locks) below `dir` and `runDir`, and nowhere else.
 */
export interface Bundle {
  /** 64 hex digits. */
  readonly id: string
  readonly name: string
  /** Survives a reboot: disk, logs. The container's own folder; it exists. */
  readonly dir: string
  /** Does not survive a reboot: sockets, locks. Short (socket paths stay under 100 bytes); it exists. */
  readonly runDir: string
  readonly image: ImageRoot
  readonly spec: OciSpec
  readonly hostMounts: readonly HostMount[]
  /** Volumes that are disks. Of several mounts of one file it is opened once. */
  readonly diskMounts: readonly DiskMount[]
  /** The first is primary: default route and published ports. Empty: only loopback. */
  readonly endpoints: readonly Endpoint[]
  /** A reaper is PID 1 and the process its child. */
  readonly init: boolean
  readonly openStdin: boolean
  /** Stdin ends when the first attached client goes (`StdinOnce`). */
  readonly stdinOnce: boolean
  /** Contents of /etc/hosts, /etc/hostname and /etc/resolv.conf. */
  readonly etcFiles: { readonly hosts: string; readonly hostname: string; readonly resolvConf: string }
  readonly privileged: boolean
  /** `cow` (default) or `own`, from the label `container-compose.memory` or the settings. Only read by vm. */
  readonly guestMemory: 'cow' | 'own'
}

/** Where the root file system comes from. */
export interface ImageRoot {
  /** `sha256:…` of the image configuration. */
  readonly imageId: string
  /** Read-only ext4 image of the whole root file system, shared by all containers of the image. */
  readonly ext4Base: string
}

/** One network interface, leased by the engine. */
export interface Endpoint {
  readonly networkId: string
  /** Name of the tap or veth in the switch namespace, at most 15 bytes. */
  readonly link: string
  /** Bridge in the switch namespace that the link joins. */
  readonly bridge: string
  readonly mac: string
  /** `10.89.0.2/24` */
  readonly ipv4?: string
  readonly ipv4Gateway?: string
  readonly ipv6?: string
  readonly ipv6Gateway?: string
  readonly mtu: number
}

/** How a container's process ended. */
export interface ExitStatus {
  /** 0–255; 128 + signal when a signal ended it; 137 when the machine died without a word. */
  readonly code: number
  readonly oomKilled: boolean
  /** Milliseconds since the epoch. */
  readonly finishedAt: number
  /** Why, when the runtime and not the process is at fault. */
  readonly error?: string
}

/** One piece of output as the process wrote it. */
export interface LogRecord {
  readonly stream: 'stdout' | 'stderr'
  /** Nanoseconds since the epoch, by the clock of whoever wrote the log. */
  readonly time: bigint
  readonly data: Buffer
}

export interface LogRange {
  /** Goes on with what is written later, until the run ends and all of it was given. */
  readonly follow: boolean
  /** Only records from this position on; positions come from `logPosition`. */
  readonly from?: LogPosition
  /** Only records before this position; then nothing is followed. */
  readonly to?: LogPosition
  readonly signal?: AbortSignal
}

/** A place between two records: a run of the container (1, 2 …) and a byte offset in its log. */
export interface LogPosition {
  readonly run: number
  readonly offset: number
}

export interface RuntimeDescription {
  readonly name: string
  /** `QEMU 7.2.22` */
  readonly version: string
  /** `kvm`, `tcg`, or nothing where it has no meaning. */
  readonly acceleration?: 'kvm' | 'tcg'
  /** Why that acceleration, in words for a person. */
  readonly reason: string
}

/** Runs containers. What not every runtime can do is a capability interface of its own, not a method that throws. */
export interface Runtime {
  readonly name: 'vm' | 'sandbox' | 'apple'
  describe(): Promise<RuntimeDescription>
  /**
   * Makes what the runtime needs so that a start is quick (a template, a warm spare). Safe to call at any time, also at once
   * by several engines; `start` calls it itself when needed.
   */
  prepare(): Promise<void>
  /**
   * Runs the container's process and resolves when it has been executed (or rejects with a `StartError`).
   * `run` counts the starts of this container from 1. The disk is made on the first start and kept after it.
   * `connected` resolves when the switch has the endpoints and ports: nothing of the container runs before, and when it rejects
   * the start does, with the same reason.
   */
  start(bundle: Bundle, run: number, connected?: Promise<unknown>): Promise<RunningContainer>
  /** Takes over a run that an earlier engine started; how it ended, when it has ended meanwhile. */
  adopt(bundle: Bundle, run: number): Promise<RunningContainer | ExitStatus>
  /** Ends what an engine that died has left at work for a container that does not run. Idempotent. */
  settle(bundle: Pick<Bundle, 'id' | 'runDir'>): Promise<void>
  /** Removes all that the runtime holds for a container that does not run. Idempotent. */
  remove(bundle: Pick<Bundle, 'id' | 'dir' | 'runDir'>): Promise<void>
  /** The container's output, oldest first, all runs. */
  readLog(bundle: Pick<Bundle, 'dir'>, range: LogRange): AsyncIterable<LogRecord>
  /** The end of what has been written so far. */
  logPosition(bundle: Pick<Bundle, 'dir'>): Promise<LogPosition>
  /** Ends what is kept ready and is no container's (a warm spare). Containers run on; nothing is started any more. */
  close(): Promise<void>
  /** Files of a container whether it runs or not. */
  files(bundle: Bundle): ContainerFiles
}

/** The process could not be started; `message` is in the words that Docker's clients know. */
export class StartError extends Error {
  override readonly name = 'StartError'
  /** 127 not found, 126 not executable, 128 anything else: what `docker run` exits with. */
  readonly exitCode: number
  constructor(message: string, exitCode: number, options?: ErrorOptions) {
    super(message, options)
    this.exitCode = exitCode
  }
}

/** What a container that is a machine has at most, limits aside. */
export interface MachineSize {
  readonly vcpus: number
  readonly memoryBytes: number
}

/** A run of a container. Methods reject once it has ended. */
export interface RunningContainer {
  /** Of the process that stands for the container on the host (QEMU, conmon). */
  readonly pid: number
  /** How its instructions are executed, where that is no matter of course. */
  readonly acceleration?: 'kvm' | 'tcg'
  /** Where the container is a machine. */
  readonly size?: MachineSize
  /** Milliseconds since the epoch. */
  readonly startedAt: number
  /** Never rejects. All output written before the end is in the log when it resolves. */
  readonly exited: Promise<ExitStatus>
  /** Sends a signal (number) to the container's process. */
  kill(signal: number): Promise<void>
  /** Ends it without asking, when even SIGKILL inside has no effect. */
  destroy(): Promise<void>
  /** Resolves when taken over by the container (back-pressure). */
  writeStdin(data: Buffer): Promise<void>
  closeStdin(): Promise<void>
  resize(size: TerminalSize): Promise<void>
  exec(process: OciProcess, options: ExecOptions): Promise<ExecSession>
  usage(): Promise<Usage>
  /** Processes as the container sees them. */
  processes(): Promise<readonly ProcessEntry[]>
  pause(): Promise<void>
  resume(): Promise<void>
  /** Lets go without ending it: sockets are closed, the container runs on. */
  release(): Promise<void>
}

/** What a running container can do besides where its runtime can start the process again without ending what is around it. */
export interface ProcessRestart {
  /**
   * Asks the process to end with a signal, kills it after the grace (negative: never), and runs it again: same disk, mounts,
   * addresses and log. Resolves when it has been executed; rejects with a StartError otherwise, and the run then ends.
   */
  restartProcess(options: { readonly signal: number; readonly graceMs: number }): Promise<void>
}

export const canRestartProcess = (running: RunningContainer): running is RunningContainer & ProcessRestart =>
  'restartProcess' in running

export interface TerminalSize {
  readonly rows: number
  readonly columns: number
}

export interface ExecOptions {
  readonly openStdin: boolean
  readonly privileged: boolean
}

/** A second process in a running container. */
export interface ExecSession {
  /** Inside the container's PID namespace as the host or guest counts it. */
  readonly pid: number
  /** Both end when the process closed them; with a terminal everything is on stdout. Reading slowly slows the process. */
  readonly stdout: Readable
  readonly stderr: Readable
  readonly exited: Promise<{ readonly code: number }>
  writeStdin(data: Buffer): Promise<void>
  closeStdin(): Promise<void>
  resize(size: TerminalSize): Promise<void>
  kill(signal: number): Promise<void>
}

export interface Usage {
  /** Nanoseconds of CPU since the start. */
  readonly cpuTotal: bigint
  readonly memoryBytes: number
  readonly memoryLimitBytes: number
  readonly pids: number
}

export interface ProcessEntry {
  readonly pid: number
  readonly ppid: number
  readonly uid: number
  readonly command: string
  /** Milliseconds of CPU. */
  readonly cpuMs: number
  readonly startedAt: number
}

/** Docker's archive operations. Every path is resolved inside the container's root only. */
export interface ContainerFiles {
  /** Rejects with `FileNotFound` when absent. */
  stat(path: string): Promise<PathStat>
  /** A tar whose first entry is named for the last part of `path`. */
  read(path: string): Promise<Readable>
  /** Extracts a tar into the directory `path`. Rejects with `FileNotFound` or `NotADirectory` where there is none. */
  write(path: string, tar: Readable, options: WriteOptions): Promise<void>
}

export interface WriteOptions {
  readonly noOverwriteDirNonDir: boolean
  readonly copyUidGid: boolean
  /** Ours: members called `.wh.NAME` remove NAME, and what has a name is replaced at once, whatever it is. */
  readonly sync?: boolean
}

/** As in the `X-Docker-Container-Path-Stat` header; `mode` has the bits of Go's os.FileMode. */
export interface PathStat {
  readonly name: string
  readonly size: number
  readonly mode: number
  readonly mtime: string
  readonly linkTarget: string
}

/** Files are to be written into something else. */
export class NotADirectory extends Error {
  override readonly name = 'NotADirectory'
}

export class FileNotFound extends Error {
  override readonly name = 'FileNotFound'
}
