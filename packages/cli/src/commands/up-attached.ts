import type { LoadedProject } from '@container-compose/compose'
import {
  type ComposeEvent,
  type DesiredState,
  type ProgressEvent,
  type UpOptions,
  upAttached,
} from '@container-compose/orchestrator'
import { renderLine } from '../progress/plain.ts'
import { writeWarning } from '../progress/warning.ts'
import { localTime } from '../render/local-time.ts'
import { LogPrinter } from '../render/log-printer.ts'
import type { Screen } from '../screen.ts'
import { withProgress } from '../session.ts'
import { attachRule } from './attach-rule.ts'
import type { UpInvocation } from './up.ts'
import { rulesOf, watchFiles } from './watch-files.ts'
import { lockForWatching } from './watch-lock.ts'

interface Attached {
  readonly loaded: LoadedProject
  readonly desired: DesiredState
  readonly upOptions: UpOptions
}

/** `up` in the foreground, with its output. The first interrupt stops the containers, the second kills them; both end with 130. */
export const runAttached = async (
  invocation: UpInvocation,
  { loaded, desired, upOptions }: Attached,
): Promise<number> => {
  const { options, world, screen, interrupts } = invocation
  const printer = new LogPrinter(
    {
      project: desired.project,
      prefix: !options.noLogPrefix,
      colours: screen.colours && !options.noColor,
      merge: false,
      timestamp: options.timestamps ? () => localTime(world.clock.now()) : undefined,
    },
    { stdout: (text) => world.stdout.write(text), stderr: (text) => world.stderr.write(text) },
  )
  const rules = options.watch ? rulesOf(invocation, loaded, invocation.operands) : []
  if (options.watch) await lockForWatching(invocation, desired.project)
  let rebuilding = 0
  let watched = Promise.resolve()
  const stop = new AbortController()
  const kill = new AbortController()
  let giveBack = (): void => {}
  const afterwards = (event: ComposeEvent): void => {
    if (event.type === 'progress') world.stderr.write(stepLine(event, screen))
    else if (event.type === 'warning') writeWarning(event.message, invocation)
    else printer.hear(event)
  }
  try {
    const status = await withProgress(
      invocation,
      {
        title: 'Running',
        project: desired.project,
        afterwards,
        quietBuild: options.quietBuild,
        quietPull: options.quietPull,
      },
      (context, endProgress) => {
        const watching = {
          loaded,
          desired,
          rules,
          signal: stop.signal,
          prune: true,
          quietBuild: options.quietBuild,
          onRebuild: (isUnderWay: boolean) => {
            rebuilding += isUnderWay ? 1 : -1
          },
        }
        return upAttached(context, desired, {
          ...upOptions,
          attaches: attachRule(invocation, loaded, desired),
          abortOn: abortCondition(options),
          exitCodeFrom: options.exitCodeFrom,
          stop: stop.signal,
          kill: kill.signal,
          isReplacing: () => rebuilding > 0,
          replaced: () => watched,
          onStarted: () => {
            if (rules.length > 0)
              watched = watchFiles(context, watching).catch((error: unknown) =>
                writeWarning(
                  `Watch disabled with errors: ${error instanceof Error ? error.message : String(error)}`,
                  invocation,
                ),
              )
          },
          onAttach: async (containers) => {
            await endProgress()
            // Before this an interrupt ends the program as it does everywhere: nothing runs yet that could be stopped.
            giveBack = interrupts.handle((count) => {
              if (count > 1) return kill.abort()
              const line = screen.columns === undefined ? '' : clearLine
              world.stdout.write(`${line}Gracefully Stopping... press Ctrl+C again to force\n`)
              stop.abort()
            })
            const names = containers.map((name) => printer.shortName(name)).sort()
            if (names.length > 0) world.stdout.write(`Attaching to ${names.join(', ')}\n`)
          },
          onAbort: () => world.stderr.write('\x1b[31m\x1b[1mAborting on container exit...\x1b[0m\n'),
        })
      },
    )
    // Docker Compose ends with the text of the status, which is empty.
    if (status !== 0) world.stderr.write('\n')
    return status
  } finally {
    giveBack()
  }
}

const clearLine = '\r\x1b[K'

/** A line between the logs that says how stopping gets on: it does not wait for its turn, nor for JSON. */
const stepLine = (event: ProgressEvent, { progress, errorColours }: Screen): string => {
  if (progress === 'quiet') return ''
  if (progress !== 'tty') return `${renderLine(event)}\n`
  const { status = '', state } = event
  const colour = state === 'error' ? 31 : 32
  return `${clearLine}${renderLine({ ...event, status: errorColours ? `\x1b[${colour}m${status}\x1b[0m` : status })}\n`
}

const abortCondition = ({
  abortOnContainerExit,
  abortOnContainerFailure,
  exitCodeFrom,
}: UpInvocation['options']) => {
  if (abortOnContainerFailure) return 'failure'
  return abortOnContainerExit || exitCodeFrom ? 'exit' : undefined
}
