import { removeCgroups } from '../machine/host-cgroup.ts'
import type { MachineShape } from '../shape.ts'
import { dropSpare } from '../spare/make-spare.ts'
import { plugSpare, type SpareStart } from '../spare/use-spare.ts'
import type { ReadyMachine } from './fresh-machine.ts'
import type { StartTools } from './start.ts'

/**
 * The spare, when one of that shape waits, as the container's machine. One that can't be used is told of and ended: the start does
 * not depend on it.
 */
export const spareMachine = async (
  tools: StartTools,
  shape: MachineShape,
  start: SpareStart,
): Promise<ReadyMachine | undefined> => {
  const spare = tools.spares.take(shape)
  if (spare === undefined) return undefined
  const { machine, process, qmp, agent, template } = spare
  try {
    const { plugged } = await plugSpare(tools, spare, start)
    const reached = Promise.resolve(agent)
    return { machine, process, qmp, reached, plugged, acceleration: template.acceleration }
  } catch (error) {
    tools.spares.onFault(error)
    await dropSpare(spare)
    await machine.exited
    await removeCgroups(start.bundle.id)
    return undefined
  }
}
