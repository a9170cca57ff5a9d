import { EngineError, pullImages } from '@container-compose/orchestrator'
import { flag, text } from '../arguments/options.ts'
import { defineCommand } from '../command.ts'
import { noService } from '../desired.ts'
import { readProject } from '../project.ts'
import { desiredOf, withProgress } from '../session.ts'

export default defineCommand({
  summary: 'Pull service images',
  operands: '[SERVICE...]',
  options: {
    ignoreBuildable: flag('--ignore-buildable', 'Ignore images that can be built'),
    ignorePullFailures: flag(
      '--ignore-pull-failures',
      'Pull what it can and ignores images with pull failures',
    ),
    includeDeps: flag('--include-deps', 'Also pull services declared as dependencies'),
    noParallel: flag('--no-parallel', 'Deprecated', { hidden: true }),
    parallel: flag('--parallel', 'Deprecated', { hidden: true }),
    policy: text('--policy <policy>', 'Apply pull policy ("missing"|"always")'),
    quiet: flag('-q, --quiet', 'Pull without printing progress information'),
  },
  async run(invocation) {
    const { options, operands, world } = invocation
    const loaded = await readProject(invocation, operands)
    const desired = desiredOf(loaded)
    if (options.noParallel)
      world.stderr.write("\x1b[31moption '--no-parallel' is DEPRECATED and will be ignored.\x1b[0m\n")
    if (desired.services.length === 0) throw noService()
    const selected = options.includeDeps ? [] : operands
    const toBuild = await withProgress(
      invocation,
      { title: 'Pulling', project: desired.project, quietPull: options.quiet },
      (context) =>
        pullImages(context, desired, {
          selected,
          policy: options.policy,
          ignoreBuildable: options.ignoreBuildable,
          ignoreFailures: options.ignorePullFailures,
        }),
    )
    const [first] = toBuild
    if (first === undefined) return 0
    const services = toBuild.map(({ service }) => service).join(' ')
    world.stderr.write(
      `WARNING: Some service image(s) must be built from source by running:\n    docker compose build ${services}\n`,
    )
    if (!options.ignorePullFailures) throw new EngineError(500, first.reason)
    return 0
  },
})
