import type { MachineSize } from '../runtime.ts'

/**
 * What a virtual machine's template depends on besides its software. Few on purpose: every shape costs a boot and a template.
 */
export interface MachineShape {
  readonly nics: 1 | 2 | 4 | 8
  readonly memoryMib: number
  readonly vcpus: number
  /**
   * `cow`: a private mapping of the template's memory, cheapest, and nothing that the guest has touched is ever given back.
   * `own`: a copy of its own, with a balloon that gives back what the guest frees.
   */
  readonly memory: 'cow' | 'own'
}

const nicCounts = [1, 2, 4, 8] as const
const memoryClassesMib = [2048, 8192, 32768] as const
const mebibyte = 1024 * 1024

export interface ShapeNeeds {
  readonly endpoints: number
  /** Bytes; the guest's kernel enforces it, the shape only has to be large enough. */
  readonly memoryLimit: number | undefined
  readonly memory: 'cow' | 'own'
  readonly hostCpus: number
}

/** The smallest shape that is enough, or nothing when none is. */
export const shapeFor = ({
  endpoints,
  memoryLimit,
  memory,
  hostCpus,
}: ShapeNeeds): MachineShape | undefined => {
  const nics = nicCounts.find((count) => count >= endpoints)
  const memoryMib = memoryClassesMib.find((mib) => memoryLimit === undefined || mib * mebibyte >= memoryLimit)
  if (nics === undefined || memoryMib === undefined) return undefined
  return { nics, memoryMib, memory, vcpus: vcpusOf(hostCpus) }
}

/** As the API tells it. */
export const sizeOf = ({ vcpus, memoryMib }: MachineShape): MachineSize => ({
  vcpus,
  memoryBytes: memoryMib * mebibyte,
})

/** `2048m-2c-1n-cow` */
export const shapeName = ({ nics, memoryMib, vcpus, memory }: MachineShape): string =>
  `${memoryMib}m-${vcpus}c-${nics}n-${memory}`

/** What nearly every container gets. */
export const usualShape = (hostCpus: number): MachineShape => ({
  nics: 1,
  memoryMib: memoryClassesMib[0],
  memory: 'cow',
  vcpus: vcpusOf(hostCpus),
})

/** QEMU's q35 takes 288 at most; nobody runs a container that needs more than a few dozen. */
const vcpusOf = (hostCpus: number): number => Math.min(hostCpus, 32)
