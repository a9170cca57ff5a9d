import { connect } from 'node:net'
import { join } from 'node:path'
import type { Clock } from '@container-compose/core'
import { AgentClient } from '@container-compose/guest'
import type { Bundle, ExitStatus } from '../../runtime.ts'
import { findMachine } from '../machine/process.ts'
import { sockets } from '../machine/restore.ts'
import { Qmp } from '../qemu/qmp.ts'
import { endOfRun } from './end-of-run.ts'
import { ensureMountServers } from './mount-servers.ts'
import { RunningVm } from './running-vm.ts'

const adoptDeadlineMs = 120_000

/** Takes over a run that an earlier engine started, or tells how it ended. */
export const adoptContainer = async (
  bundle: Bundle,
  run: number,
  clock: Clock,
): Promise<RunningVm | ExitStatus> => {
  const found = await findMachine(bundle.runDir)
  if (found === undefined) return endOfRun(bundle, run, clock)
  const { process, startedAt } = found
  try {
    const qmp = await Qmp.connect(join(bundle.runDir, sockets.qmp), adoptDeadlineMs)
    // A paused guest doesn't answer; the engine knows that it has paused it, and resumes it after this.
    const agent = await AgentClient.connect(connect(join(bundle.runDir, sockets.agent)), {
      takeOver: true,
      signal: AbortSignal.timeout(adoptDeadlineMs),
    })
    if (agent.state.phase === 'running' || agent.state.phase === 'exited') {
      if (agent.state.phase === 'running') await ensureMountServers(bundle)
      return new RunningVm({
        process,
        agent,
        qmp,
        startedAt,
        howItEnded: () => endOfRun(bundle, run, clock),
      })
    }
    qmp.close()
    agent.close()
  } catch (error) {
    // It may have ended while we were asking.
    const hasEnded = await Promise.race([process.ended.then(() => true), clock.sleep(1000).then(() => false)])
    if (!hasEnded) throw error
    return endOfRun(bundle, run, clock)
  }
  // The engine before this one died amid the start: the process never ran.
  await process.kill()
  return { code: 128, oomKilled: false, finishedAt: clock.now(), error: 'the engine ended amid the start' }
}
