/**
 * Everything that QEMU reaches of the host it inherits as a descriptor with one of these numbers. So it needs no path, no
 * permission and no privilege, and its command line is the same for every machine of a shape.
 */
export const descriptors = {
  /** Locked; free when QEMU is gone. */
  lock: 3,
  /** A regular file that gets the process id. */
  pidFile: 4,
  qmp: 5,
  agent: 6,
  mountPlain: 7,
  mountLocking: 8,
  sockets: 9,
  log: 10,
  memory: 11,
  overlay: 12,
  base: 13,
  state: 14,
  /** The first network card's tap; the others follow. */
  tap: 15,
  /** Only where a template boots. */
  kernel: 23,
  initramfs: 24,
  /** The launcher's alone. */
  leash: 25,
  /** The first of the disks besides the container's own; the others follow. */
  data: 26,
} as const
