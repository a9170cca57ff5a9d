import { type DestinationStream, destination, pino, stdTimeFunctions } from 'pino'

/** What the engine says about itself: a short sentence and the facts that it is about. */
export interface Log {
  debug(facts: object, message: string): void
  info(facts: object, message: string): void
  warn(facts: object, message: string): void
  error(facts: object, message: string): void
}

/** One JSON object a line, by default on the standard output, which `startEngine` has opened on the engine's log file. */
export const createLog = (
  level: string,
  stream: DestinationStream = destination({ fd: 1, sync: true }),
): Log =>
  pino(
    {
      level,
      base: null,
      timestamp: stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
    },
    stream,
  )
