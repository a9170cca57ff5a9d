import { announce, approved, executeOrThrow } from '@container-compose/orchestrator'
import { flag, list, text, tristate } from '../arguments/options.ts'
import { defineCommand } from '../command.ts'
import { selectDesired } from '../desired.ts'
import { readProject } from '../project.ts'
import { withProgress } from '../session.ts'
import { showPlan } from './plan.ts'
import {
  buildPolicy,
  checkPullPolicy,
  checkRecreateFlags,
  lossApproval,
  orphanPolicy,
  parseScale,
  recreatePolicy,
} from './up-options.ts'

export default defineCommand({
  summary: 'Creates containers for a service',
  operands: '[SERVICE...]',
  options: {
    build: flag('--build', 'Build images before starting containers'),
    forceRecreate: flag('--force-recreate', "Recreate containers even if their configuration hasn't changed"),
    noBuild: flag('--no-build', "Don't build an image, even if it's policy"),
    noRecreate: flag('--no-recreate', "If containers already exist, don't recreate them"),
    pull: text('--pull <policy>', 'Pull image before running ("always"|"missing"|"never"|"build")'),
    quietPull: flag('--quiet-pull', 'Pull without printing progress information'),
    removeOrphans: tristate(
      '--remove-orphans',
      'Remove containers for services not defined in the Compose file',
    ),
    scale: list('--scale <scale>', 'Scale SERVICE to NUM instances'),
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
