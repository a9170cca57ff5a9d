import type { MachineShape } from '../shape.ts'
import { descriptors } from './descriptors.ts'

export type Acceleration = 'kvm' | 'tcg'

/** Capacity of every disk that a guest sees. A template's guest keeps the placeholder's capacity, so all are the same. */
export const diskBytes = 64 * 1024 ** 3

/**
 * Disks besides the container's own: each holds a volume, or nothing. All machines have all of them, since a device that comes
 * later would cost a start a scan of the bus; those that nobody needs cost next to nothing.
 */
export const dataDisks = 4

/** Capacity that the guest sees of them, whatever is behind: more than any volume has. */
export const dataDiskBytes = 16 * 1024 ** 4

/**
 * The machine: everything that must be the same when a template is saved and when it is restored. Addresses are explicit because
 * QEMU would otherwise number devices by their order.
 */
export const machineArguments = (shape: MachineShape, acceleration: Acceleration): string[] => [
  '-nodefaults',
  '-no-user-config',
  ...['-display', 'none', '-vga', 'none'],
  ...['-machine', 'q35,memory-backend=m,hpet=off,smbus=off,usb=off,sata=off'],
  // Without a bound, translated code may take 1 GiB of the host's memory; 8 costs 3.5 times the CPU, 32 next to nothing.
  ...['-accel', acceleration === 'kvm' ? 'kvm' : 'tcg,tb-size=64'],
  ...['-cpu', acceleration === 'kvm' ? 'max,la57=off' : `max,la57=off,${fasterEmulated}`],
  ...['-smp', String(shape.vcpus)],
  ...['-m', `${shape.memoryMib}M`],
  ...['-rtc', 'base=utc'],
  // A full disk of the host is an error that the guest sees and an event for us, never a machine that stands still.
  ...['-device', `virtio-blk-pci,drive=${diskNodes.disk},addr=0x2,romfile=,werror=report,rerror=report`],
  ...Array.from({ length: dataDisks }, (_, index) => [
    '-device',
    // The guest finds them by the order of their addresses, after the container's own.
    `virtio-blk-pci,drive=${dataDiskNode(index)},addr=0x${(0x10 + index).toString(16)},num-queues=1,queue-size=128,romfile=,werror=report,rerror=report`,
  ]).flat(),
  ...['-device', 'virtio-serial-pci,id=s0,addr=0x3,max_ports=8'],
  ...serialPort(1, 'agent'),
  ...serialPort(2, logChardev),
  ...serialPort(3, 'mount-plain'),
  ...serialPort(4, 'mount-locking'),
  ...serialPort(5, 'sockets'),
  ...(shape.memory === 'own'
    ? ['-device', 'virtio-balloon-pci,addr=0x4,free-page-reporting=on,deflate-on-oom=on']
    : []),
  ...Array.from({ length: shape.nics }, (_, index) => [
    '-netdev',
    `tap,id=n${index},fd=${descriptors.tap + index},vhost=off`,
    '-device',
    // The guest gives the card its real address when it starts: virtio-net takes a new one while it is up.
    `virtio-net-pci,netdev=n${index},addr=0x${(8 + index).toString(16)},mac=${placeholderMac(index)},romfile=,${cardFeatures}`,
  ]).flat(),
]

/**
 * Images ask for x86-64-v2 and more, so the processor has all that there is but what only costs: five-level page tables, and, where
 * it is emulated, the promise that copying by single bytes is fast. It is kept byte for byte; without it kernel and C library
 * clear and copy memory by eight bytes and more.
 */
const fasterEmulated = 'erms=off,fsrm=off'

/**
 * A card of ours gets all that its tap has for it: the guest's wishes about what to filter would only cost it commands, for each of
 * which it waits, spinning, several at every start.
 */
const cardFeatures = 'ctrl_rx=off,ctrl_rx_extra=off,ctrl_vlan=off,guest_announce=off'

const serialPort = (number: number, name: string): string[] => [
  '-device',
  `virtserialport,bus=s0.0,nr=${number},chardev=${name},name=${name}`,
]

const placeholderMac = (index: number): string => `52:54:00:00:00:0${index}`

/** How the machine's ports and memory hang on the inherited descriptors; the same for a boot and for a restore. */
export const channelArguments = (shape: MachineShape): string[] => [
  ...listeningSocket('qmp', descriptors.qmp),
  ...['-mon', 'chardev=qmp,mode=control'],
  ...listeningSocket('agent', descriptors.agent),
  ...listeningSocket('mount-plain', descriptors.mountPlain),
  ...listeningSocket('mount-locking', descriptors.mountLocking),
  ...listeningSocket('sockets', descriptors.sockets),
  ...['-add-fd', `fd=${descriptors.log},set=${fdSets.log}`],
  ...['-chardev', `file,id=${logChardev},path=/dev/fdset/${fdSets.log},append=on`],
  ...['-object', memoryBackend(shape)],
]

const listeningSocket = (id: string, fd: number): string[] => [
  '-chardev',
  `socket,id=${id},fd=${fd},server=on,wait=off`,
]

const fdSets = { log: 1, overlay: 2, base: 3, data: 4 } as const

const memoryBackend = ({ memoryMib, memory }: MachineShape): string => {
  // QEMU 7.2 opens the file for writing even when it maps it privately. So what is behind the descriptor must not be writable
  // for `cow`: a sealed memfd.
  const share = memory === 'own' ? 'on' : 'off'
  return `memory-backend-file,id=m,size=${memoryMib}M,mem-path=/proc/self/fd/${descriptors.memory},share=${share},reserve=off`
}

/**
 * The container's disk: an overlay over the image's file system. `replaceable`: another can take its place in the running machine,
 * which holds it by a node of its own then.
 */
export const overlayArguments = ({ replaceable = false } = {}): string[] => [
  ...['-add-fd', `fd=${descriptors.overlay},set=${fdSets.overlay}`],
  ...['-add-fd', `fd=${descriptors.base},set=${fdSets.base}`],
  ...[
    '-blockdev',
    `driver=file,node-name=f0,filename=/dev/fdset/${fdSets.overlay},locking=off,discard=unmap`,
  ],
  ...['-blockdev', `driver=file,node-name=f1,filename=/dev/fdset/${fdSets.base},locking=off,read-only=on`],
  ...['-blockdev', 'driver=raw,node-name=b0,file=f1,read-only=on'],
  ...[
    '-blockdev',
    `driver=qcow2,node-name=${replaceable ? diskNodes.placeholder : diskNodes.disk},file=f0,backing=b0,discard=unmap`,
  ],
  ...(replaceable
    ? ['-blockdev', `driver=raw,node-name=${diskNodes.disk},file=${diskNodes.placeholder},discard=unmap`]
    : []),
]

/** The first disks besides the container's own have a file each, handed over as a descriptor; the others nothing. */
export const dataDiskArguments = (files: number): string[] =>
  Array.from({ length: dataDisks }, (_, index) => [
    ...(index < files ? ['-add-fd', `fd=${descriptors.data + index},set=${fdSets.data + index}`] : []),
    '-blockdev',
    options(index < files ? dataDiskFile(index, `/dev/fdset/${fdSets.data + index}`) : nothing(index)),
    '-blockdev',
    options(dataDisk(index, index < files)),
  ]).flat()

/** What the machine has: it stays when another node takes the place of the one behind. */
export const dataDisk = (index: number, hasFile = true) => ({
  driver: 'raw',
  'node-name': dataDiskNode(index),
  discard: 'unmap',
  file: hasFile ? fileNode(index) : emptyNode(index),
})

/** A file as QEMU's page cache of the host has it; what the guest flushes is on the host's disk (`cache.no-flush` is off). */
export const dataDiskFile = (index: number, path: string) => ({
  ...{ driver: 'file', 'node-name': fileNode(index), filename: path },
  // Who opens it for the machine has locked it.
  locking: 'off',
  discard: 'unmap',
})

const nothing = (index: number) => ({
  driver: 'null-co',
  'node-name': emptyNode(index),
  'read-zeroes': 'on',
  size: dataDiskBytes,
})

const dataDiskNode = (index: number): string => `v${index}`
const fileNode = (index: number): string => `w${index}`
const emptyNode = (index: number): string => `e${index}`

const options = (members: Readonly<Record<string, string | number>>): string =>
  Object.entries(members)
    .map(([name, value]) => `${name}=${value}`)
    .join(',')

/** Names in QEMU's graph of block devices: `disk` is what the machine's virtio-blk has. */
export const diskNodes = { disk: 'd0', placeholder: 'q0', replacement: 'c0' } as const

export const logChardev = 'log'

/** Paused, waiting for the state of a template. */
export const restoreArguments = (): string[] => ['-S', '-incoming', 'defer']

/** Boots the guest's kernel. */
export const bootArguments = (): string[] => [
  ...['-kernel', `/proc/self/fd/${descriptors.kernel}`],
  ...['-initrd', `/proc/self/fd/${descriptors.initramfs}`],
  // Randomised addresses and mitigations only cost where the guest has one tenant and its kernel no secret of another.
  ...['-append', 'nokaslr mitigations=off quiet'],
]

/** System calls that a restored machine never makes. Starting programs is one of them, so a state can't be sent to `exec:`. */
export const sandboxArguments = (): string[] => [
  '-sandbox',
  'on,obsolete=deny,elevateprivileges=deny,spawn=deny,resourcecontrol=deny',
]
