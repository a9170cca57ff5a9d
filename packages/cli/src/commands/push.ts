import { pushImages, pushPlan, renderPlan } from '@container-compose/orchestrator'
import { flag } from '../arguments/options.ts'
import { defineCommand } from '../command.ts'
import { readProject } from '../project.ts'
import { desiredOf, withProgress } from '../session.ts'

export default defineCommand({
  summary: 'Push service images',
  operands: '[SERVICE...]',
  options: {
    ignorePushFailures: flag(
      '--ignore-push-failures',
      'Push what it can and ignores images with push failures',
    ),
    includeDeps: flag('--include-deps', 'Also push images of services declared as dependencies'),
    quiet: flag('-q, --quiet', 'Push without printing progress information'),
  },
  async run(invocation) {
    const { options, operands, world, globals } = invocation
    const desired = desiredOf(await readProject(invocation, operands))
    const push = {
      selected: operands,
      withDependencies: options.includeDeps,
      ignoreFailures: options.ignorePushFailures,
    }
    if (globals.dryRun) {
      world.stdout.write(renderPlan(pushPlan(desired, push)))
      return 0
    }
    await withProgress(
      invocation,
      { title: 'Pushing', project: desired.project, quietPull: options.quiet },
      (context) => pushImages(context, desired, push),
    )
    return 0
  },
})
