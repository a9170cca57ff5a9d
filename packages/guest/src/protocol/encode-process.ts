import { bytesItem, numberItem, stringItem } from './items.ts'
import type { GuestProcess } from './setup.ts'
import { tag } from './wire.ts'

/** The items of a process: the payload of `exec`, and the item `process` of `setup`. */
export const encodeProcess = (process: GuestProcess): Buffer[] => [
  ...process.args.map((arg) => stringItem(tag.arg, arg)),
  ...process.env.map((entry) => stringItem(tag.env, entry)),
  stringItem(tag.cwd, process.cwd),
  stringItem(tag.user, process.user),
  ...process.additionalGroups.map((group) => stringItem(tag.group, group)),
  numberItem(tag.capabilities, capabilityMask(process.capabilities)),
  ...process.rlimits.map(encodeRlimit),
  numberItem(tag.noNewPrivileges, process.noNewPrivileges ? 1 : 0),
  ...(process.oomScoreAdj === undefined ? [] : [numberItem(tag.oomScoreAdj, process.oomScoreAdj)]),
  ...(process.terminal ? [encodeTerminal(process)] : []),
  numberItem(tag.openStdin, process.openStdin ? 1 : 0),
]

export const encodeSize = ({
  rows,
  columns,
}: {
  readonly rows: number
  readonly columns: number
}): Buffer => {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt16LE(Math.min(rows, 65_535), 0)
  bytes.writeUInt16LE(Math.min(columns, 65_535), 2)
  return bytes
}

const encodeTerminal = ({ consoleSize = { rows: 0, columns: 0 } }: GuestProcess): Buffer =>
  bytesItem(tag.terminal, encodeSize(consoleSize))

/** In the order of their numbers, include/uapi/linux/capability.h. */
const capabilities =
  'CHOWN DAC_OVERRIDE DAC_READ_SEARCH FOWNER FSETID KILL SETGID SETUID SETPCAP LINUX_IMMUTABLE NET_BIND_SERVICE NET_BROADCAST NET_ADMIN NET_RAW IPC_LOCK IPC_OWNER SYS_MODULE SYS_RAWIO SYS_CHROOT SYS_PTRACE SYS_PACCT SYS_ADMIN SYS_BOOT SYS_NICE SYS_RESOURCE SYS_TIME SYS_TTY_CONFIG MKNOD LEASE AUDIT_WRITE AUDIT_CONTROL SETFCAP MAC_OVERRIDE MAC_ADMIN SYSLOG WAKE_ALARM BLOCK_SUSPEND AUDIT_READ PERFMON BPF CHECKPOINT_RESTORE'
    .split(' ')
    .map((name) => `CAP_${name}`)

/** @throws RangeError for a name that Linux does not know. */
const capabilityMask = (names: readonly string[]): bigint =>
  names.reduce((mask, name) => {
    const bit = capabilities.indexOf(name)
    if (bit === -1) throw new RangeError(`unknown capability: "${name}"`)
    return mask | (1n << BigInt(bit))
  }, 0n)

/** In the order of their numbers, include/uapi/asm-generic/resource.h. */
const rlimitTypes =
  'CPU FSIZE DATA STACK CORE RSS NPROC NOFILE MEMLOCK AS LOCKS SIGPENDING MSGQUEUE NICE RTPRIO RTTIME'
    .split(' ')
    .map((name) => `RLIMIT_${name}`)

const encodeRlimit = ({ type, soft, hard }: GuestProcess['rlimits'][number]): Buffer => {
  const number = rlimitTypes.indexOf(type)
  if (number === -1) throw new RangeError(`unknown resource limit: "${type}"`)
  const bytes = Buffer.alloc(24)
  bytes.writeBigUInt64LE(BigInt(number), 0)
  bytes.writeBigUInt64LE(rlimitValue(soft), 8)
  bytes.writeBigUInt64LE(rlimitValue(hard), 16)
  return bytesItem(tag.rlimit, bytes)
}

/** -1 and whatever JavaScript rounded up to 2^64 mean unlimited. */
const rlimitValue = (value: number): bigint => {
  const infinity = 2n ** 64n - 1n
  if (value < 0 || !Number.isFinite(value)) return infinity
  const whole = BigInt(Math.trunc(value))
  return whole > infinity ? infinity : whole
}
