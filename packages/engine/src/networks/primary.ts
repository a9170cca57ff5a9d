import type { Attachment } from '../containers/model.ts'
import type { NetworkDocument } from './model.ts'

export interface Joined {
  readonly network: NetworkDocument
  readonly attachment: Attachment
}

/**
 * The endpoints of a container, primary first: it has the default route and receives published connections. That is the one
 * with the highest `GwPriority`, then the first network by name that reaches outside, then any.
 */
export const primaryFirst = <T extends Joined>(joined: readonly T[]): T[] =>
  [...joined].sort(
    (a, b) =>
      b.attachment.gwPriority - a.attachment.gwPriority ||
      Number(a.network.internal) - Number(b.network.internal) ||
      (a.network.name < b.network.name ? -1 : 1),
  )
