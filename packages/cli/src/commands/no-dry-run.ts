import { UserError } from '@container-compose/core'
import type { AnyInvocation } from '../project.ts'

/** For commands whose effect is no plan. @throws UserError `UNSUPPORTED_FLAG` when only to see what would be is asked for. */
export const refuseDryRun = ({ globals }: Pick<AnyInvocation, 'globals'>, command: string): void => {
  if (globals.dryRun)
    throw new UserError('UNSUPPORTED_FLAG', `--dry-run is not supported by ${command}`, {
      hint: 'leave it out; container-compose plan shows what up would do',
    })
}
