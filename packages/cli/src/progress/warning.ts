import type { OptionSpecs } from '../arguments/options.ts'
import type { Invocation } from '../command.ts'
import type { ProgressOptions } from './progress.ts'

/** A warning as the reference writes it: for people on a terminal, as logfmt elsewhere, as JSON with json progress. */
export const renderWarning = (
  message: string,
  { screen, now }: Pick<ProgressOptions, 'screen' | 'now'>,
): string => {
  const time = new Date(now()).toISOString().replace(/\.\d+Z$/, 'Z')
  if (screen.progress === 'json') return `${JSON.stringify({ level: 'warning', msg: message, time })}\n`
  if (!screen.errorColours) return `time="${time}" level=warning msg=${JSON.stringify(message)}\n`
  const seconds = Math.floor((now() - screen.startedAt) / 1000)
  return `\x1b[33mWARN\x1b[0m[${String(seconds).padStart(4, '0')}] ${message} \n`
}

/** Writes a warning where no progress is on the screen. */
export const writeWarning = (
  message: string,
  { world, screen }: Pick<Invocation<OptionSpecs>, 'world' | 'screen'>,
): void => {
  world.stderr.write(renderWarning(message, { screen, now: () => world.clock.now() }))
}
