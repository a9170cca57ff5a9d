import { connect } from 'node:net'
import { join } from 'node:path'
import { AgentClient } from '@container-compose/guest'
import type { Bundle, ExitStatus } from '../../runtime.ts'
import { removeCgroups } from '../machine/host-cgroup.ts'
import { findMachine } from '../machine/process.ts'
import { sockets } from '../machine/restore.ts'
import { Qmp } from '../qemu/qmp.ts'
import { sizeOf } from '../shape.ts'
import { tellOfDiskErrors } from './disk-errors.ts'
import { endOfRun } from './end-of-run.ts'
import { ensureMountServers } from './mount-servers.ts'
import { RunningVm } from './running-vm.ts'
import { shapeOf } from './shape-of.ts'
import type { StartTools } from './start.ts'

const adoptDeadlineMs = 120_000

/** Takes over a run that an earlier engine started, or tells how it ended. */
export const adoptContainer = async (
  bundle: Bundle,
  run: number,
  { clock, onFault }: Pick<StartTools, 'clock' | 'onFault'>,
): Promise<RunningVm | ExitStatus> => {
  const found = await findMachine(bundle.runDir)
  if (found === undefined) return endOfRun(bundle, run, clock)
  const { process, startedAt } = found
  let connected: Connected | undefined
  try {
    connected = await connectTo(bundle)
  } catch (error) {
    // It may have ended while we were asking.
    const hasEnded = await Promise.race([process.ended.then(() => true), clock.sleep(1000).then(() => false)])
    if (!hasEnded) throw error
    return endOfRun(bundle, run, clock)
  }
  if (connected !== undefined) {
    tellOfDiskErrors(connected.qmp, bundle.name, onFault)
    const howItEnded = (): Promise<ExitStatus> => endOfRun(bundle, run, clock)
    return new RunningVm({ process, ...connected, size: sizeOf(shapeOf(bundle)), startedAt, howItEnded })
  }
  // The engine before this one died amid the start: the process never ran.
  await process.kill()
  await removeCgroups(bundle.id)
  return { code: 128, oomKilled: false, finishedAt: clock.now(), error: 'the engine ended amid the start' }
}

interface Connected {
  readonly acceleration: 'kvm' | 'tcg'
  readonly qmp: Qmp
  readonly agent: AgentClient
}

/** Undefined when the machine never got as far as running the container's process. */
const connectTo = async (bundle: Bundle): Promise<Connected | undefined> => {
  const qmp = await Qmp.connect(join(bundle.runDir, sockets.qmp), adoptDeadlineMs)
  let agent: AgentClient | undefined
  let isKept = false
  try {
    const status = await statusOf(qmp)
    if (status === 'inmigrate') return undefined
    // A guest that stands still does not answer: it is let run for as long as it takes to say hello.
    if (status === 'paused') await qmp.execute('cont')
    agent = await AgentClient.connect(connect(join(bundle.runDir, sockets.agent)), {
      takeOver: true,
      signal: AbortSignal.timeout(adoptDeadlineMs),
    })
    const { phase } = agent.state
    if (phase !== 'running' && phase !== 'exited') return undefined
    if (phase === 'running') await ensureMountServers(bundle)
    if (phase === 'running' && status === 'paused') await qmp.execute('stop')
    const acceleration = await accelerationOf(qmp)
    isKept = true
    return { qmp, agent, acceleration }
  } finally {
    if (!isKept) {
      agent?.close()
      qmp.close()
    }
  }
}

const accelerationOf = async (qmp: Qmp): Promise<'kvm' | 'tcg'> =>
  ((await qmp.execute('query-kvm')) as { readonly enabled?: boolean }).enabled ? 'kvm' : 'tcg'

/** `running`, `paused`, `inmigrate` … (RunState of QMP). */
const statusOf = async (qmp: Qmp): Promise<string | undefined> =>
  ((await qmp.execute('query-status')) as { readonly status?: string }).status
