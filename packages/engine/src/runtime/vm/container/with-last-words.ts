import { messageOf, UserError } from '@container-compose/core'
import { type Bundle, StartError } from '../../runtime.ts'
import { lastWords } from '../qemu/launch.ts'

/** What went wrong on the host's side, with what QEMU said. What a user can act on stays as it is. */
export const withLastWords = async (error: unknown, { runDir }: Bundle): Promise<unknown> => {
  if (error instanceof StartError || error instanceof UserError) return error
  const words = await lastWords(runDir)
  const message = messageOf(error)
  return new StartError(
    `the virtual machine did not start: ${message}${words === '' || message.includes(words) ? '' : `: ${words}`}`,
    128,
    { cause: error },
  )
}
