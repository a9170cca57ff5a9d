import type { QmpEvent } from './qmp.ts'

/** Memory that is shared with a file is left out of the state. */
export const migrationCapabilities = ['x-ignore-shared', 'events'].map((capability) => ({
  capability,
  state: true,
}))

/** Saving or restoring has come to an end, good or bad. */
export const migrationEnd = ({ event, data }: QmpEvent): boolean =>
  event === 'MIGRATION' && (data['status'] === 'completed' || data['status'] === 'failed')
