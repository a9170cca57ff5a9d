import { open } from 'node:fs/promises'
import { connect } from 'node:net'
import { join } from 'node:path'
import { type Clock, UserError } from '@container-compose/core'
import { AgentClient } from '@container-compose/guest'
import type { Switch } from '../../../switch/switch.ts'
import { type Bundle, type Endpoint, StartError } from '../../runtime.ts'
import { openOverlay } from '../disk/overlay.ts'
import { createLog } from '../log/container-log.ts'
import { Held } from '../machine/held.ts'
import { machineLimits, makeCgroups, removeCgroups } from '../machine/host-cgroup.ts'
import { takeLock } from '../machine/lock.ts'
import { MachineProcess } from '../machine/process.ts'
import { type Restoring, restore, sockets } from '../machine/restore.ts'
import { userIdOf } from '../machine/user-id.ts'
import { lastWords } from '../qemu/launch.ts'
import type { Qmp } from '../qemu/qmp.ts'
import { shapeFor } from '../shape.ts'
import { hostCpus } from '../template/recipe.ts'
import type { Template, Templates } from '../template/templates.ts'
import { endOfRun } from './end-of-run.ts'
import { startError } from './exec-in-vm.ts'
import { guestSetup, thisMoment } from './guest-setup.ts'
import { ensureMountServers } from './mount-servers.ts'
import { RunningVm } from './running-vm.ts'

export interface StartTools {
  readonly templates: Templates
  readonly switch: Pick<Switch, 'openTap'>
  readonly clock: Clock
}

/** A slow machine is no error; one that has ended is seen at once. */
const agentDeadlineMs = 300_000

/** Runs a container in a machine of its own. Leaves nothing behind when it fails, but the disk and what the log has. */
export const startContainer = async (tools: StartTools, bundle: Bundle, run: number): Promise<RunningVm> => {
  const template = await tools.templates.get(shapeOf(bundle))
  const held = new Held()
  let restoring: Restoring
  try {
    restoring = await restoreContainer(tools, template, bundle, run, held)
  } catch (error) {
    await removeCgroups(bundle.id)
    throw await withLastWords(error, bundle)
  } finally {
    await held.close()
  }
  const process = new MachineProcess(restoring.machine.pid)
  let qmp: Qmp | undefined
  try {
    qmp = await restoring.loaded()
    const [agent] = await Promise.all([
      runInGuest(tools, bundle),
      ensureMountServers(bundle),
      qmp.execute('cont'),
    ])
    restoring.machine.unref()
    return new RunningVm({
      process,
      agent,
      qmp,
      acceleration: template.acceleration,
      startedAt: tools.clock.now(),
      howItEnded: () => endOfRun(bundle, run, tools.clock),
    })
  } catch (error) {
    qmp?.close()
    await process.kill()
    await restoring.machine.exited
    await removeCgroups(bundle.id)
    throw await withLastWords(error, bundle)
  }
}

const shapeOf = ({ endpoints, spec, guestMemory }: Bundle): ReturnType<typeof shapeFor> & object => {
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

const restoreContainer = async (
  tools: StartTools,
  template: Template,
  bundle: Bundle,
  run: number,
  held: Held,
): Promise<Restoring> => {
  const lock = held.fd(await takeLock(bundle.runDir))
  const overlay = held.file(await openOverlay(bundle.dir))
  const base = held.file(await open(bundle.image.ext4Base, 'r'))
  const log = held.file(await createLog(bundle.dir, run))
  const taps: number[] = []
  for (const endpoint of bundle.endpoints)
    taps.push(held.fd(await tools.switch.openTap(switchEndpoint(bundle.id, endpoint))))
  return restore({
    template,
    dir: bundle.runDir,
    uid: userIdOf(bundle.id),
    cgroups: await makeCgroups(bundle.id, machineLimits(bundle.spec.linux.resources, template.shape)),
    lock,
    disk: { overlay, base },
    log,
    taps,
  })
}

/** Names matter to the switch's document only, which the engine writes; a tap has none. */
const switchEndpoint = (containerId: string, endpoint: Endpoint): Parameters<Switch['openTap']>[0] => ({
  containerId,
  networkId: endpoint.networkId,
  link: endpoint.link,
  bridge: endpoint.bridge,
  mac: endpoint.mac,
  ...(endpoint.ipv4 === undefined ? {} : { ipv4: withoutPrefix(endpoint.ipv4) }),
  ...(endpoint.ipv6 === undefined ? {} : { ipv6: withoutPrefix(endpoint.ipv6) }),
  names: [],
  running: true,
})

const withoutPrefix = (address: string): string => address.split('/')[0] ?? address

const runInGuest = async ({ clock }: StartTools, bundle: Bundle): Promise<AgentClient> => {
  const agent = await AgentClient.connect(connect(join(bundle.runDir, sockets.agent)), {
    takeOver: false,
    signal: AbortSignal.timeout(agentDeadlineMs),
  })
  try {
    const prepared = agent.setup(guestSetup(bundle, thisMoment(clock.now())))
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

/** What went wrong on the host's side, with what QEMU said. What a user can act on stays as it is. */
const withLastWords = async (error: unknown, { runDir }: Bundle): Promise<unknown> => {
  if (error instanceof StartError || error instanceof UserError) return error
  const words = await lastWords(runDir)
  const message = error instanceof Error ? error.message : String(error)
  return new StartError(
    `the virtual machine did not start: ${message}${words === '' || message.includes(words) ? '' : `: ${words}`}`,
    128,
    { cause: error },
  )
}
