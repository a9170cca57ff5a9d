import {
  after,
  type DesiredState,
  defaultPolicy,
  type PrepareOptions,
  previewPlan,
} from '@container-compose/orchestrator'
import { flag, text } from '../arguments/options.ts'
import { defineCommand } from '../command.ts'
import { selectDesired } from '../desired.ts'
import { type AnyInvocation, readProject } from '../project.ts'
import { renderPlanFor } from '../render/plan.ts'
import { withProgress } from '../session.ts'
import {
  buildPolicy,
  checkPullPolicy,
  checkRecreateFlags,
  convergeOptions,
  orphanPolicy,
  parseScale,
  recreatePolicy,
} from './up-options.ts'

export default defineCommand({
  summary: 'Show what up would do, and why',
  operands: '[SERVICE...]',
  options: {
    ...convergeOptions,
    format: text('--format <format>', 'Format the output. Values: [text | json]'),
    noDeps: flag('--no-deps', "Don't start linked services"),
    pull: text('--pull <policy>', 'Pull image before running ("always"|"missing"|"never")'),
  },
  async run(invocation) {
    const { options, operands } = invocation
    checkRecreateFlags(options)
    checkPullPolicy(options.pull)
    const scale = parseScale(options.scale)
    const loaded = await readProject(invocation, operands)
    const desired = selectDesired(invocation, loaded, {
      named: operands,
      withDependencies: !options.noDeps,
      scale,
    })
    const policy = {
      ...defaultPolicy,
      ...recreatePolicy(options, operands),
      ...orphanPolicy(options.removeOrphans, loaded.project.environment),
      dependencies: !options.noDeps,
    }
    return showPlan(
      invocation,
      desired,
      { policy, pull: options.pull, build: buildPolicy(options) },
      { json: options.format === 'json' },
    )
  },
})

/** Writes the plan that `up` would execute; nothing on the engine changes. */
export const showPlan = (
  invocation: AnyInvocation,
  desired: DesiredState,
  prepare: PrepareOptions,
  { json }: { readonly json: boolean } = { json: false },
): Promise<number> =>
  withProgress(invocation, { title: 'Planning', project: desired.project }, async (context) => {
    const { images, reconciliation } = await previewPlan(context, desired, prepare)
    for (const message of reconciliation.warnings) context.emit({ type: 'warning', message })
    const plan = after(images, reconciliation.plan)
    invocation.world.stdout.write(
      json ? `${JSON.stringify(plan, null, 2)}\n` : renderPlanFor(plan, invocation.screen),
    )
    if (plan.length === 0 && !json) invocation.world.stderr.write('nothing to do\n')
    return 0
  })
