import { rmSync } from 'node:fs'
import { removeNetns } from '@container-compose/native'
import type { SwitchPaths } from './paths.ts'
import { stopEgress } from './process/egress.ts'

/** Removes what a switch process that does not run any more has left: egress, the namespace, its files. Idempotent. */
export const removeSwitch = async (paths: SwitchPaths): Promise<void> => {
  await stopEgress(paths)
  await removeNetns(paths.netns)
  rmSync(paths.dir, { recursive: true, force: true })
}
