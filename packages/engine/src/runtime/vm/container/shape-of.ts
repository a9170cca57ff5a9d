import { type Bundle, StartError } from '../../runtime.ts'
import { type MachineShape, shapeFor } from '../shape.ts'
import { hostCpus } from '../template/recipe.ts'

/**
 * The shape of the machine that a container runs in.
 *
 * @throws StartError when no machine is that large.
 */
export const shapeOf = ({ endpoints, spec, guestMemory }: Bundle): MachineShape => {
  const memoryLimit = spec.linux.resources.memoryLimit
  const shape = shapeFor({
    endpoints: endpoints.length,
    memoryLimit,
    memory: guestMemory,
    hostCpus: hostCpus(),
  })
  if (shape === undefined)
    throw new StartError(
      'no virtual machine is that large: at most 8 networks and 32 GiB of memory are possible',
      128,
    )
  return shape
}
