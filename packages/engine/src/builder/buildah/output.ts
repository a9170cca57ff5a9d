import type { Stage } from '../dockerfile/dockerfile.ts'
import type { Instruction } from '../dockerfile/instructions.ts'

/** What a line of buildah's output says. */
export type BuildLine =
  | { readonly kind: 'step'; readonly number: number; readonly total: number; readonly step: Instruction }
  /** A step that buildah adds, for labels. */
  | { readonly kind: 'extra' }
  | { readonly kind: 'cached'; readonly id: string }
  | { readonly kind: 'layer'; readonly id: string }
  | { readonly kind: 'commit' }
  | { readonly kind: 'output'; readonly text: string }

/**
 * Reads the lines of `buildah build`. Steps are counted over all stages, as Docker counts them. A program of a step can print
 * lines that look like these: they change what is shown, never what is made.
 */
export const outputReader = (stages: readonly Stage[]): ((line: string) => BuildLine) => {
  const steps = stages.flatMap((stage) => stage.steps.map((step) => ({ stage: stage.index, step })))
  let committed = false
  return (line) => {
    const [, stage = '1', number] = /^(?:\[(\d+)\/\d+\] )?STEP (\d+)\/\d+: /.exec(line) ?? []
    if (number !== undefined) {
      const first = steps.findIndex((each) => each.stage === Number(stage) - 1)
      const at = first + Number(number) - 1
      const found = first === -1 ? undefined : steps[at]
      if (found === undefined || found.stage !== Number(stage) - 1) return { kind: 'extra' }
      return { kind: 'step', number: at + 1, total: steps.length, step: found.step }
    }
    const cached = /^--> Using cache ([0-9a-f]{64})$/.exec(line)?.[1]
    if (cached !== undefined) return { kind: 'cached', id: cached.slice(0, 12) }
    const layer = /^--> ([0-9a-f]{11,12})$/.exec(line)?.[1]
    if (layer !== undefined) return { kind: 'layer', id: layer }
    if (/^(\[\d+\/\d+\] )?COMMIT$/.test(line)) {
      committed = true
      return { kind: 'commit' }
    }
    if (committed && /^[0-9a-f]{64}$/.test(line)) return { kind: 'commit' }
    return { kind: 'output', text: `${line}\n` }
  }
}
