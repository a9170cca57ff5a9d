import type { LoadedProject } from '@container-compose/compose'
import { UserError } from '@container-compose/core'
import {
  type ComposeEvent,
  type DesiredState,
  type ProgressEvent,
  type UpOptions,
  upAttached,
} from '@container-compose/orchestrator'
import { renderLine } from '../progress/plain.ts'
import { writeWarning } from '../progress/warning.ts'
import { LogPrinter } from '../render/log-printer.ts'
import type { Screen } from '../screen.ts'
import { withProgress } from '../session.ts'
import type { UpInvocation } from './up.ts'
import { rulesOf, watchFiles } from './watch-files.ts'

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
  let rebuilding = 0
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
          onStarted: () => {
            if (rules.length > 0)
              void watchFiles(context, watching).catch((error: unknown) =>
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

/** Which services' output is shown; no service left means all. */
const attachRule = (
  { options, operands }: UpInvocation,
  { project }: LoadedProject,
  desired: DesiredState,
): ((service: string) => boolean) => {
  const all = desired.services.map(({ name }) => name)
  for (const name of [...options.attach, ...options.noAttach])
    if (!all.includes(name))
      throw new UserError('NO_SUCH_SERVICE', `cannot attach to services not included in up: ${name}`, {
        hint: `services: ${all.join(', ')}`,
      })
  const named = operands.length > 0 && !options.attachDependencies ? operands : all
  const chosen = (options.attach.length > 0 ? options.attach : named).filter(
    (name) =>
      !options.noAttach.includes(name) &&
      (options.attach.includes(name) || project.services[name]?.attach !== false),
  )
  const shown = new Set(chosen.length > 0 ? chosen : all)
  return (service) => shown.has(service)
}

/** RFC 3339 in the local zone with nine digits of a second. */
const localTime = (ms: number): string => {
  const offset = -new Date(ms).getTimezoneOffset()
  const local = new Date(ms + offset * 60_000).toISOString().replace('Z', '000000')
  const [hours, minutes] = [Math.floor(Math.abs(offset) / 60), Math.abs(offset) % 60]
  const two = (value: number): string => String(value).padStart(2, '0')
  return offset === 0 ? `${local}Z` : `${local}${offset < 0 ? '-' : '+'}${two(hours)}:${two(minutes)}`
}
