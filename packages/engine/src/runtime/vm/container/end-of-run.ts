import type { Clock } from '@container-compose/core'
import type { Bundle, ExitStatus } from '../../runtime.ts'
import { type ExitRecord, findLogEnd } from '../log/container-log.ts'
import { logPath } from '../log/log-files.ts'
import { removeCgroups } from '../machine/host-cgroup.ts'
import { lastWords } from '../qemu/launch.ts'

/** How a run ended whose machine is gone: as its log says, or 137 when the log does not say. */
export const endOfRun = async (
  { id, dir, runDir }: Pick<Bundle, 'id' | 'dir' | 'runDir'>,
  run: number,
  clock: Clock,
): Promise<ExitStatus> => {
  await removeCgroups(id)
  const { exit } = await findLogEnd(logPath(dir, run), 0)
  if (exit !== undefined) return exitStatus(exit)
  const words = await lastWords(runDir)
  return {
    code: 137,
    oomKilled: false,
    finishedAt: clock.now(),
    error: `the virtual machine ended without a word${words === '' ? '' : `: ${words}`}`,
  }
}

const exitStatus = ({ code, oomKilled, time }: ExitRecord): ExitStatus => ({
  code,
  oomKilled,
  finishedAt: Number(time / 1_000_000n),
})
