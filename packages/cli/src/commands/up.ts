import { up } from '@container-compose/orchestrator'
import { conflict } from '../arguments/conflict.ts'
import { flag, integer, list, text, tristate } from '../arguments/options.ts'
import { defineCommand, type Invocation } from '../command.ts'
import { selectDesired } from '../desired.ts'
import { readProject } from '../project.ts'
import { withProgress } from '../session.ts'
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

const options = {
  ...convergeOptions,
  abortOnContainerExit: flag(
    '--abort-on-container-exit',
    'Stops all containers if any container was stopped',
  ),
  abortOnContainerFailure: flag(
    '--abort-on-container-failure',
    'Stops all containers if any container exited with failure',
  ),
  alwaysRecreateDeps: flag('--always-recreate-deps', 'Recreate dependent containers'),
  attach: list('--attach <service>', 'Restrict attaching to the specified services'),
  attachDependencies: flag(
    '--attach-dependencies',
    'Automatically attach to log output of dependent services',
  ),
  detach: flag('-d, --detach', 'Detached mode: Run containers in the background'),
  exitCodeFrom: text('--exit-code-from <service>', 'Return the exit code of the selected service container'),
  menu: tristate('--menu', 'Enable interactive shortcuts when running attached'),
  noAttach: list('--no-attach <service>', 'Do not attach (stream logs) to the specified services'),
  noColor: flag('--no-color', 'Produce monochrome output'),
  noDeps: flag('--no-deps', "Don't start linked services"),
  noLogPrefix: flag('--no-log-prefix', "Don't print prefix in logs"),
  noStart: flag('--no-start', "Don't start the services after creating them"),
  pull: text('--pull <policy>', 'Pull image before running ("always"|"missing"|"never")'),
  quietBuild: flag('--quiet-build', 'Suppress the build output'),
  quietPull: flag('--quiet-pull', 'Pull without printing progress information'),
  renewAnonVolumes: flag('-V, --renew-anon-volumes', 'Recreate anonymous volumes'),
  timeout: integer('-t, --timeout <seconds>', 'Use this timeout in seconds for container shutdown'),
  timestamps: flag('--timestamps', 'Show timestamps'),
  wait: flag('--wait', 'Wait for services to be running|healthy. Implies detached mode.'),
  waitTimeout: integer('--wait-timeout <seconds>', 'Maximum duration in seconds to wait'),
  watch: flag('-w, --watch', 'Watch source code and rebuild/refresh containers when files are updated'),
  yes: flag('-y, --yes', 'Assume "yes" as answer to all prompts'),
} as const

export type UpInvocation = Invocation<typeof options>

export default defineCommand({
  summary: 'Create and start containers',
  operands: '[SERVICE...]',
  options,
  async run(invocation) {
    const { options, operands, world, globals } = invocation
    checkFlags(options)
    const scale = parseScale(options.scale)
    const loaded = await readProject(invocation, operands)
    const desired = selectDesired(invocation, loaded, {
      named: operands,
      withDependencies: !options.noDeps,
      scale,
    })
    const policy = {
      ...recreatePolicy(options, operands),
      ...orphanPolicy(options.removeOrphans, loaded.project.environment),
      stopTimeoutSeconds: options.timeout,
      dependencies: !options.noDeps,
      start: !options.noStart,
      wait: options.wait,
    }
    const upOptions = {
      policy,
      pull: options.pull || undefined,
      build: buildPolicy(options),
      waitTimeoutMs: (options.waitTimeout ?? 0) * 1000,
      approveLoss: lossApproval(options, world),
    }
    if (globals.dryRun) {
      const { showPlan } = await import('./plan.ts')
      return showPlan(invocation, desired, upOptions)
    }
    if (!options.detach && !options.wait && !options.noStart) {
      const { runAttached } = await import('./up-attached.ts')
      return runAttached(invocation, { loaded, desired, upOptions })
    }
    await withProgress(
      invocation,
      {
        title: 'Running',
        project: desired.project,
        quietBuild: options.quietBuild,
        quietPull: options.quietPull,
      },
      (context) => up(context, desired, upOptions),
    )
    return 0
  },
})

const checkFlags = (options: UpInvocation['options']): void => {
  checkRecreateFlags(options)
  checkPullPolicy(options.pull)
  buildPolicy(options)
  if (options.abortOnContainerExit && options.abortOnContainerFailure)
    throw conflict('--abort-on-container-failure cannot be combined with --abort-on-container-exit')
  if (options.attach.length > 0 && options.attachDependencies)
    throw conflict('cannot combine --attach and --attach-dependencies')
  const follows =
    options.abortOnContainerExit ||
    options.abortOnContainerFailure ||
    options.attach.length > 0 ||
    options.attachDependencies ||
    options.watch
  if (options.detach && follows)
    throw conflict(
      '--detach cannot be combined with --abort-on-container-exit, --abort-on-container-failure, --attach, --attach-dependencies or --watch',
    )
  if (options.wait && follows)
    throw conflict(
      options.abortOnContainerFailure || options.watch
        ? '--wait cannot be combined with --abort-on-container-exit, --abort-on-container-failure, --attach, --attach-dependencies or --watch'
        : '--wait cannot be combined with --abort-on-container-exit, --attach or --attach-dependencies',
    )
  if (options.watch && options.noBuild) throw conflict('--no-build and --watch are incompatible')
}
