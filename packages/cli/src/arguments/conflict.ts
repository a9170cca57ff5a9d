import { UserError } from '@container-compose/core'

/** Flags, or a flag and a variable, that cannot be used together. */
export const conflict = (message: string): UserError =>
  new UserError('CONFLICTING_FLAGS', message, { hint: 'leave one of them out' })
