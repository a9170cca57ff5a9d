import { connect } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { AgentClient } from '@container-compose/guest'
import { findMachine } from '../machine/process.ts'
import { sockets } from '../machine/restore.ts'
import { Qmp } from '../qemu/qmp.ts'

const askMs = 10_000
const powerOffMs = 15_000

/**
 * Ends the machine that an engine which died has left of a container that does not run: a helper, or one half started. What a
 * helper was given for the container's disk is written back first.
 */
export const endLeftover = async (runDir: string): Promise<void> => {
  const machine = await findMachine(runDir)
  if (machine === undefined) return
  const { process } = machine
  const timer = new AbortController()
  const isAsked = await powerOff(runDir).catch(() => false)
  if (isAsked)
    await Promise.race([
      process.ended,
      sleep(powerOffMs, undefined, { signal: timer.signal }).catch(() => {}),
    ])
  timer.abort()
  await process.kill()
}

/** False when there is no guest to ask. */
const powerOff = async (runDir: string): Promise<boolean> => {
  const qmp = await Qmp.connect(join(runDir, sockets.qmp), askMs)
  try {
    const { status } = (await qmp.execute('query-status')) as { readonly status?: string }
    if (status !== 'running') return false
    const agent = await AgentClient.connect(connect(join(runDir, sockets.agent)), {
      takeOver: true,
      signal: AbortSignal.timeout(askMs),
    })
    agent.shutdown()
    return true
  } finally {
    qmp.close()
  }
}
