import type { LoadedProject } from '@container-compose/compose'
import { type DesiredState, up } from '@container-compose/orchestrator'
import { flag, tristate } from '../arguments/options.ts'
import { defineCommand } from '../command.ts'
import { selectDesired } from '../desired.ts'
import { writeWarning } from '../progress/warning.ts'
import { readProject } from '../project.ts'
import { wordlessError } from '../screen.ts'
import { withProgress } from '../session.ts'
import { refuseDryRun } from './no-dry-run.ts'
import { recreatePolicy } from './up-options.ts'
import { rulesOf, watchFiles } from './watch-files.ts'
import { lockForWatching } from './watch-lock.ts'

export default defineCommand({
  summary: 'Watch build context for service and rebuild/refresh containers when files are updated',
  operands: '[SERVICE...]',
  options: {
    noUp: flag('--no-up', 'Do not build & start services before watching'),
    prune: tristate('--prune', 'Prune dangling images on rebuild'),
    quiet: flag('--quiet', 'hide build output'),
  },
  async run(invocation) {
    refuseDryRun(invocation, 'watch')
    const { options, operands, interrupts, world, screen } = invocation
    const loaded = await readProject(invocation, operands)
    const desired = selectDesired(invocation, loaded, {
      named: operands,
      withDependencies: true,
      scale: new Map(),
    })
    const rules = rulesOf(invocation, loaded, desired)
    await lockForWatching(invocation, desired.project)
    const ended = new AbortController()
    // The first interrupt lets what is under way come to its end; the second one ends the program, as everywhere.
    const giveBack = interrupts.handle(() => {
      ended.abort()
      giveBack()
    })
    try {
      if (!options.noUp)
        await withProgress(
          invocation,
          { title: 'Running', project: desired.project, quietBuild: options.quiet },
          (context) =>
            up({ ...context, signal: ended.signal }, withBuilds(desired, loaded), {
              policy: {
                ...recreatePolicy({ forceRecreate: false, noRecreate: false }, operands),
                recreateDependencies: 'never',
              },
              approveLoss: () => Promise.resolve(false),
            }),
        )
      if (!ended.signal.aborted)
        await withProgress(
          invocation,
          {
            title: 'Watching',
            project: desired.project,
            afterwards: (event) => {
              if (event.type === 'watch' && !ended.signal.aborted) world.stdout.write(`${event.message}\n`)
              if (event.type === 'warning') writeWarning(event.message, invocation)
            },
          },
          async (context, endProgress) => {
            await endProgress()
            await watchFiles(context, {
              loaded,
              desired,
              rules,
              signal: ended.signal,
              prune: options.prune ?? true,
              quietBuild: options.quiet,
            })
          },
        )
    } finally {
      giveBack()
    }
    world.stderr.write(wordlessError(screen.progress))
    return 130
  },
})

/** What is watched is built anew; other services only where their image is missing. */
const withBuilds = (desired: DesiredState, { project }: LoadedProject): DesiredState => ({
  ...desired,
  services: desired.services.map((service) => {
    const { build, develop } = project.services[service.name] ?? {}
    return build !== undefined && develop !== undefined ? { ...service, pullPolicy: 'build' } : service
  }),
})
