import type { Clock } from '@container-compose/core'
import type { AgentClient } from '@container-compose/guest'
import type { Switch } from '../../../switch/switch.ts'
import type { Bundle } from '../../runtime.ts'
import { removeCgroups } from '../machine/host-cgroup.ts'
import { sizeOf } from '../shape.ts'
import type { Spares } from '../spare/spares.ts'
import type { Templates } from '../template/templates.ts'
import { tellOfDiskErrors } from './disk-errors.ts'
import { endOfRun } from './end-of-run.ts'
import { startError } from './exec-in-vm.ts'
import { freshMachine } from './fresh-machine.ts'
import { guestSetup, thisMoment } from './guest-setup.ts'
import { startMountServers } from './mount-servers.ts'
import { RunningVm } from './running-vm.ts'
import { shapeOf } from './shape-of.ts'
import { spareMachine } from './spare-machine.ts'
import { withLastWords } from './with-last-words.ts'

export interface StartTools {
  readonly templates: Templates
  readonly spares: Spares
  readonly switch: Pick<Switch, 'openTap' | 'plugTap'>
  readonly clock: Clock
  /** Told of what went wrong and kept nothing from running. */
  readonly onFault: (error: unknown) => void
}

/** Runs a container in a machine of its own. Leaves nothing behind when it fails, but the disk and what the log has. */
export const startContainer = async (
  tools: StartTools,
  bundle: Bundle,
  run: number,
  connected: Promise<unknown>,
): Promise<RunningVm> => {
  const shape = shapeOf(bundle)
  return tools.spares.during(shape, async () => {
    const spare = await spareMachine(tools, shape, { bundle, run, connected })
    if (spare === undefined) await connected
    const { process, machine, qmp, reached, plugged, acceleration } =
      spare ?? (await freshMachine(tools, shape, bundle, run))
    try {
      const [agent] = await Promise.all([
        runInGuest(reached, plugged, bundle, tools.clock),
        startMountServers(bundle),
      ])
      machine.unref()
      tellOfDiskErrors(qmp, bundle.name, tools.onFault)
      return new RunningVm({
        ...{ process, agent, qmp, acceleration },
        size: sizeOf(shape),
        startedAt: tools.clock.now(),
        howItEnded: () => endOfRun(bundle, run, tools.clock),
      })
    } catch (error) {
      await plugged.catch(() => {})
      qmp.close()
      await process.kill()
      await machine.exited
      await removeCgroups(bundle.id)
      // A port that is taken is no fault of the machine.
      await connected
      throw await withLastWords(error, bundle)
    }
  })
}

const runInGuest = async (
  reached: Promise<AgentClient>,
  plugged: Promise<unknown>,
  bundle: Bundle,
  clock: Clock,
): Promise<AgentClient> => {
  const agent = await reached
  try {
    const prepared = agent.setup(guestSetup(bundle, thisMoment(clock.now())))
    // Whichever fails first is told.
    prepared.catch(() => {})
    await plugged
    const started = agent.start()
    // A refused setup makes the start fail too; its own words are the better ones.
    started.catch(() => {})
    await prepared
    await started
    return agent
  } catch (error) {
    agent.close()
    throw startError(error)
  }
}
