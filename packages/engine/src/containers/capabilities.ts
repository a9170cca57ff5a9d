import { badParameter } from '../api/errors.ts'

/** capabilities(7), in the order of their numbers. */
const known =
  `CHOWN DAC_OVERRIDE DAC_READ_SEARCH FOWNER FSETID KILL SETGID SETUID SETPCAP LINUX_IMMUTABLE NET_BIND_SERVICE
NET_BROADCAST NET_ADMIN NET_RAW IPC_LOCK IPC_OWNER SYS_MODULE SYS_RAWIO SYS_CHROOT SYS_PTRACE SYS_PACCT SYS_ADMIN SYS_BOOT
SYS_NICE SYS_RESOURCE SYS_TIME SYS_TTY_CONFIG MKNOD LEASE AUDIT_WRITE AUDIT_CONTROL SETFCAP MAC_OVERRIDE MAC_ADMIN SYSLOG
WAKE_ALARM BLOCK_SUSPEND AUDIT_READ PERFMON BPF CHECKPOINT_RESTORE`
    .split(/\s+/)
    .map((name) => `CAP_${name}`)

/** What Docker leaves to root in a container. */
const defaults = new Set(
  `CHOWN DAC_OVERRIDE FOWNER FSETID KILL SETGID SETUID SETPCAP NET_BIND_SERVICE NET_RAW SYS_CHROOT MKNOD AUDIT_WRITE SETFCAP`
    .split(' ')
    .map((name) => `CAP_${name}`),
)

/**
 * `CAP_…` names that a container's root has. Names are taken with and without `CAP_`, in any case; `ALL` means all.
 *
 * @throws ApiError 400 for unknown names, in dockerd's words.
 */
export const capabilities = (options: {
  readonly privileged: boolean
  readonly add: readonly string[]
  readonly drop: readonly string[]
}): string[] => {
  const add = options.add.map((name) => normalise(name, 'CapAdd'))
  const drop = options.drop.map((name) => normalise(name, 'CapDrop'))
  if (options.privileged) return known
  const base = add.includes('ALL') ? known : drop.includes('ALL') ? [] : [...defaults]
  const kept = add.includes('ALL') && drop.includes('ALL') ? [] : base.filter((name) => !drop.includes(name))
  const wanted = new Set([...kept, ...add])
  return known.filter((name) => wanted.has(name))
}

const normalise = (name: string, member: string): string => {
  const upper = name.toUpperCase()
  if (upper === 'ALL') return upper
  const full = upper.startsWith('CAP_') ? upper : `CAP_${upper}`
  if (!known.includes(full)) throw badParameter(`invalid ${member}: unknown capability: "${full}"`)
  return full
}
