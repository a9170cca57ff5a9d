import { announce, approved, executeOrThrow } from '@container-compose/orchestrator'
import { flag, text } from '../arguments/options.ts'
import { defineCommand } from '../command.ts'
import { selectDesired } from '../desired.ts'
import { readProject } from '../project.ts'
import { withProgress } from '../session.ts'
import { showPlan } from './plan.ts'
import {
  buildPolicy,
  checkPullPolicy,
  checkRecreateFlags,
  convergeOptions,
  lossApproval,
  orphanPolicy,
  parseScale,
  recreatePolicy,
} from './up-options.ts'

export default defineCommand({
  summary: 'Creates containers for a service',
  operands: '[SERVICE...]',
  options: {
    ...convergeOptions,
    pull: text('--pull <policy>', 'Pull image before running ("always"|"missing"|"never"|"build")'),
    quietPull: flag('--quiet-pull', 'Pull without printing progress information'),
    yes: flag('-y, --yes', 'Assume "yes" as answer to all prompts'),
  },
  async run(invocation) {
    const { options, operands, world, globals } = invocation
    const build = buildPolicy(options)
    checkRecreateFlags(options)
    checkPullPolicy(options.pull)
    const loaded = await readProject(invocation, operands)
    const scale = parseScale(options.scale)
    const desired = selectDesired(invocation, loaded, { named: operands, withDependencies: true, scale })
    const policy = {
      ...recreatePolicy(options, operands),
      ...orphanPolicy(options.removeOrphans, loaded.project.environment),
      start: false,
    }
    const approveLoss = lossApproval(options, world)
    const prepare = { policy, pull: options.pull, build, approveLoss }
    if (globals.dryRun) return showPlan(invocation, desired, prepare)
    const { quietPull } = options
    await withProgress(
      invocation,
      { title: 'Creating', project: desired.project, quietPull },
      async (context) => {
        const { reconciliation } = await approved(context, desired, prepare)
        announce(context, reconciliation)
        await executeOrThrow(context, reconciliation.plan)
      },
    )
    return 0
  },
})
