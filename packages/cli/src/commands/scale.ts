import { defaultPolicy, up } from '@container-compose/orchestrator'
import { flag } from '../arguments/options.ts'
import { defineCommand } from '../command.ts'
import { selectDesired } from '../desired.ts'
import { readProject } from '../project.ts'
import { withProgress } from '../session.ts'
import { showPlan } from './plan.ts'
import { lossApproval, parseScale } from './up-options.ts'

export default defineCommand({
  summary: 'Scale services',
  operands: 'SERVICE=NUM...',
  count: { least: 1 },
  options: { noDeps: flag('--no-deps', "Don't start linked services") },
  async run(invocation) {
    const { options, operands, world, globals } = invocation
    const scale = parseScale(operands)
    const named = [...scale.keys()]
    const loaded = await readProject(invocation, named)
    const desired = selectDesired(invocation, loaded, { named, withDependencies: !options.noDeps, scale })
    const upOptions = {
      policy: { ...defaultPolicy, named: new Set(named), dependencies: !options.noDeps },
      approveLoss: lossApproval({ yes: false }, world),
    }
    if (globals.dryRun) return showPlan(invocation, desired, upOptions)
    await withProgress(invocation, { title: 'Running', project: desired.project }, (context) =>
      up(context, desired, upOptions),
    )
    return 0
  },
})
