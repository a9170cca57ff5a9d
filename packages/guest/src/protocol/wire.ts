/**
 * The numbers that engine and agent agree on. `agent/protocol.h` says the same in C; a test compares the two.
 * All integers are little-endian.
 */

/** "CCA1": the digit is the version of the protocol. */
export const frameMagic = 0x31414343
/** Never zero, so that a frame cut short and padded with zeros is known to be cut. */
export const frameTrailer = 0xa55a5aa5
export const headerSize = 16
export const trailerSize = 4
export const maxPayload = 65_536
/** A frame of ours, whole: what a peer that is in the middle of a frame must be fed at most to come out of it. */
export const maxFrame = headerSize + maxPayload + trailerSize
/** Bytes in flight for each stream and channel, in either direction. */
export const streamWindow = 131_072
/** The stream of the container's own process. Every other conversation has a number from 2 on, chosen by the engine. */
export const mainStream = 1

/** Types of frames. */
export const message = {
  hello: 1,
  setup: 2,
  start: 3,
  exec: 4,
  signal: 5,
  resize: 6,
  data: 7,
  ack: 8,
  usage: 9,
  processes: 10,
  stat: 11,
  read: 12,
  write: 13,
  shutdown: 14,
  forget: 15,
  clock: 16,
  prepare: 17,
  restart: 18,
  rehearse: 19,
  reply: 32,
  error: 33,
  exit: 34,
} as const

/** The flag byte of a frame. */
export const flag = {
  /** `data`: nothing follows this on the channel. */
  end: 1,
  /** A description goes on in another frame. */
  more: 2,
} as const

/** The channel byte of `data` and `ack` frames. */
export const channel = { stdin: 0, stdout: 1, stderr: 2 } as const

/** Tags of the items in descriptions and replies. */
export const tag = {
  nonce: 1,
  phase: 2,
  lastStream: 3,
  stdinTaken: 4,
  pid: 5,
  exitCode: 6,
  oomKilled: 7,
  exec: 8,
  stream: 9,
  errno: 10,
  graceMs: 11,
  entropy: 20,
  clock: 21,
  hostname: 22,
  domainname: 23,
  nic: 24,
  dnsUpstream: 25,
  etcFile: 26,
  rootReadonly: 27,
  mount: 28,
  sysctl: 29,
  maskedPath: 30,
  readonlyPath: 31,
  init: 32,
  process: 33,
  allDevices: 34,
  memoryMax: 40,
  memorySwapMax: 41,
  memoryLow: 42,
  cpuMax: 43,
  cpuWeight: 44,
  cpusetCpus: 45,
  pidsMax: 46,
  mac: 50,
  mtu: 51,
  address: 52,
  gateway: 53,
  name: 60,
  value: 61,
  mountTarget: 70,
  mountType: 71,
  mountSource: 72,
  mountFlags: 73,
  mountData: 74,
  mountPort: 75,
  arg: 80,
  env: 81,
  cwd: 82,
  user: 83,
  group: 84,
  capabilities: 85,
  rlimit: 86,
  noNewPrivileges: 87,
  oomScoreAdj: 88,
  terminal: 89,
  openStdin: 90,
  path: 100,
  mode: 101,
  size: 102,
  mtime: 103,
  linkTarget: 104,
  writeFlags: 105,
  cpuNs: 120,
  memoryCurrent: 121,
  memoryInactiveFile: 122,
  pidsCurrent: 123,
  memoryLimit: 124,
  ppid: 125,
  uid: 126,
  command: 127,
  startedAt: 128,
  gid: 129,
} as const

/** Where the agent stands. */
export const phase = { ready: 1, prepared: 2, running: 3, exited: 4 } as const

/** Bits of `writeFlags`. */
export const writeFlag = { noOverwriteDirNonDir: 1, sync: 2 } as const

/** "CLG1" */
export const logMagic = 0x31474c43
export const logHeaderSize = 16
/** Of one record's data. */
export const maxLogData = 32_752
export const logKind = { stdout: 1, stderr: 2, exit: 3 } as const
