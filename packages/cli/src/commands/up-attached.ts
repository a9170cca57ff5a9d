import type { LoadedProject } from '@container-compose/compose'
import { messageOf } from '@container-compose/core'
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
import { type Screen, wordlessError } from '../screen.ts'
import { withProgress } from '../session.ts'
import { attachRule } from './attach-rule.ts'
import type { UpInvocation } from './up.ts'
import { UpMenu, wantsMenu } from './up-menu.ts'
import { UpWatch, watchRulesOnce } from './up-watch.ts'
import { watchFiles } from './watch-files.ts'

interface Attached {
  readonly loaded: LoadedProject
  readonly desired: DesiredState
  readonly upOptions: UpOptions
}

/**
 * `up` in the foreground, with its output, and keys below it on a terminal. The first interrupt stops the containers, the second kills
 * them; both end with 130.
 */
export const runAttached = async (
  invocation: UpInvocation,
  { loaded, desired, upOptions }: Attached,
): Promise<number> => {
  const { options, world, screen, interrupts, operands } = invocation
  const menu = new UpMenu(world, screen)
  const printer = new LogPrinter(
    {
      project: desired.project,
      prefix: !options.noLogPrefix,
      colours: screen.colours && !options.noColor,
      merge: false,
      timestamp: options.timestamps ? () => localTime(world.clock.now()) : undefined,
    },
    { stdout: (text) => menu.write('stdout', text), stderr: (text) => menu.write('stderr', text) },
  )
  const warn = (message: string): void => menu.aside(() => writeWarning(message, invocation))
  const watchable = watchRulesOnce(invocation, loaded, desired)
  if (options.watch) await watchable()
  let rebuilding = 0
  const stop = new AbortController()
  const kill = new AbortController()
  const leave = new AbortController()
  let giveBack = (): void => {}
  const afterwards = (event: ComposeEvent): void => {
    if (event.type === 'progress') menu.write('stderr', stepLine(event, screen))
    else if (event.type === 'warning') warn(event.message)
    else if (event.type !== 'watch' || !stop.signal.aborted) printer.hear(event)
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
        const watching = new UpWatch({
          watch: async (signal) =>
            watchFiles(context, {
              ...{ loaded, desired, rules: await watchable(), signal },
              prune: true,
              quietBuild: options.quietBuild,
              onRebuild: (isUnderWay) => {
                rebuilding += isUnderWay ? 1 : -1
              },
            }),
          changed: (isOn) => {
            menu.watching = isOn
          },
          failed: (error) => warn(`Watch disabled with errors: ${messageOf(error)}`),
        })
        let hasStarted = false
        const toggleWatch = async (): Promise<void> => {
          if (watching.isOn) return watching.stop()
          try {
            await menu.aside(watchable)
            if (hasStarted) watching.start()
            else menu.complain('Watch →  not all containers have started yet')
          } catch (error) {
            menu.complain(`Watch →  ${messageOf(error)}`)
          }
        }
        for (const { signal } of [stop, leave]) signal.addEventListener('abort', () => watching.stop())
        return upAttached(context, desired, {
          ...upOptions,
          attaches: attachRule(invocation, loaded, desired),
          abortOn: abortCondition(options),
          exitCodeFrom: options.exitCodeFrom,
          stop: stop.signal,
          kill: kill.signal,
          leave: leave.signal,
          isReplacing: () => rebuilding > 0,
          replaced: () => watching.settled,
          onStarted: () => {
            hasStarted = true
            if (options.watch) watching.start()
          },
          onAttach: async (containers) => {
            await endProgress()
            // Before this an interrupt ends the program as it does everywhere: nothing runs yet that could be stopped.
            giveBack = interrupts.handle((count) => {
              if (count > 1) return kill.abort()
              menu.close()
              const line = screen.columns === undefined ? '' : clearLine
              world.stdout.write(`${line}Gracefully Stopping... press Ctrl+C again to force\n`)
              stop.abort()
            })
            const names = containers.map((name) => printer.shortName(name)).sort()
            if (names.length > 0) world.stdout.write(`Attaching to ${names.join(', ')}\n`)
            if (wantsMenu(options.menu, world))
              menu.open({ toggleWatch: () => void toggleWatch(), detach: () => leave.abort() })
          },
          onAbort: () => menu.write('stderr', '\x1b[31m\x1b[1mAborting on container exit...\x1b[0m\n'),
        })
      },
    )
    menu.close()
    if (leave.signal.aborted)
      world.stdout.write(
        `Detached: the containers of ${operands.length > 0 ? operands.join(', ') : desired.project} run on\n`,
      )
    if (status !== 0) world.stderr.write(wordlessError(screen.progress))
    return status
  } finally {
    menu.close()
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
