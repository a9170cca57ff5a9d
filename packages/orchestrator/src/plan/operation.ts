import type { ContainerCreateBody, NetworkCreateBody, VolumeCreateBody } from '../client/api-types.ts'
import type { DesiredBuild } from '../desired/desired-build.ts'
import type { InjectedFile } from '../desired/desired-state.ts'

export type AwaitCondition = 'healthy' | 'completed' | 'running_or_healthy'

interface Common {
  /** What it concerns: `service:web:1`, `network:default`. */
  readonly resource: string
  /** Why, in words. */
  readonly cause: string
  /** The node that is the cause, named after the words. */
  readonly causedBy?: number
}

/** One call of the Docker Engine API (an await: as many as it takes), with everything that the call needs. */
export type Operation =
  | (Common & {
      readonly kind: 'image.pull'
      readonly reference: string
      readonly platform?: string | undefined
      /** Services that want it; the first gives its name to the progress. */
      readonly services: readonly string[]
      /** A failure is only worth a warning: the image can be built, or was asked to be passed over. */
      readonly optional: boolean
    })
  | (Common & {
      readonly kind: 'image.build'
      readonly reference: string
      /** Services whose image it is. */
      readonly services: readonly string[]
      readonly build: DesiredBuild
      /** References by the names that the Dockerfile gives them. */
      readonly contextImages: Readonly<Record<string, string>>
      /** Bytes that a step may use. */
      readonly memory?: number | undefined
    })
  | (Common & { readonly kind: 'image.push'; readonly reference: string })
  | (Common & { readonly kind: 'image.remove'; readonly reference: string; readonly unlessUsed?: boolean })
  | (Common & { readonly kind: 'network.create'; readonly name: string; readonly body: NetworkCreateBody })
  | (Common & {
      readonly kind: 'network.remove'
      readonly name: string
      readonly id: string
      /** It may be in use, by containers that are not ours to remove: then it stays. */
      readonly unlessUsed?: boolean
    })
  | (Common & {
      readonly kind: 'network.disconnect'
      readonly name: string
      readonly id: string
      readonly container: string
    })
  | (Common & { readonly kind: 'volume.create'; readonly name: string; readonly body: VolumeCreateBody })
  | (Common & {
      readonly kind: 'volume.remove'
      readonly name: string
      readonly risk: 'data-loss'
      readonly unlessUsed?: boolean
    })
  | (Common & {
      readonly kind: 'container.create'
      readonly name: string
      readonly body: ContainerCreateBody
      readonly platform?: string | undefined
      /** Name of the container whose place it takes. */
      readonly replaces?: string
    })
  | (Common & {
      readonly kind: 'container.rename'
      readonly from: string
      readonly name: string
      /** Name of the container whose place it takes. */
      readonly replaces: string
    })
  | (Common & {
      readonly kind: 'container.write-files'
      readonly name: string
      readonly files: readonly InjectedFile[]
    })
  | (Common & {
      readonly kind: 'container.start'
      readonly name: string
      /** It has run and is in a state that needs more than a start, as seen by a user. */
      readonly again?: boolean
    })
  | (Common & {
      readonly kind: 'container.stop'
      readonly name: string
      readonly id: string
      readonly timeoutSeconds?: number | undefined
      readonly replaced?: boolean
    })
  | (Common & {
      readonly kind: 'container.remove'
      readonly name: string
      readonly id: string
      readonly volumes: boolean
      readonly force: boolean
      readonly replaced?: boolean
    })
  | (Common & {
      readonly kind: 'container.await'
      readonly name: string
      readonly condition: AwaitCondition
      /** Whose failure is only worth a warning (`required: false`). */
      readonly optional: boolean
      /** Name of the service that is waited for. */
      readonly service: string
    })
  | (Common & {
      readonly kind: 'container.kill'
      readonly name: string
      readonly id: string
      readonly signal: string | undefined
    })
  | (Common & { readonly kind: 'container.pause'; readonly name: string; readonly id: string })
  | (Common & { readonly kind: 'container.unpause'; readonly name: string; readonly id: string })
  | (Common & {
      readonly kind: 'container.restart'
      readonly name: string
      readonly id: string
      readonly timeoutSeconds?: number | undefined
      readonly hot: boolean
    })

/** `start` operations begin only when all of `create` is done: so `create` can stop there, and `up` can attach before. */
export type Phase = 'create' | 'start'

export interface PlanNode {
  /** Counts from 1 in the order of planning. */
  readonly id: number
  /** Nodes that must have succeeded before; always smaller ids. */
  readonly needs: readonly number[]
  readonly phase: Phase
  readonly operation: Operation
}

export type Plan = readonly PlanNode[]

/** The operations that destroy data: an action asks before it executes them. */
export const risks = (plan: Plan): Operation[] =>
  plan.map(({ operation }) => operation).filter((operation) => 'risk' in operation)
