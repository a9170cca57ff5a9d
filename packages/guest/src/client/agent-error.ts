import { ItemReader } from '../protocol/items.ts'
import { tag } from '../protocol/wire.ts'

/** The agent refused or failed; `message` is in the words of Docker where it has some. */
export class AgentError extends Error {
  override readonly name = 'AgentError'
  /** For a process that could not be started: 126 not executable, 127 not found, 128 anything else. */
  readonly exitCode: number
  /** Of Linux: 2 is ENOENT. 0 when no system call failed. */
  readonly errno: number

  constructor(message: string, { exitCode, errno }: { exitCode: number; errno: number }) {
    super(message)
    this.exitCode = exitCode
    this.errno = errno
  }
}

/** The channel to the agent closed before the answer came. */
export class AgentGone extends Error {
  override readonly name = 'AgentGone'
}

export const readAgentError = (payload: Buffer): AgentError => {
  const items = new ItemReader(payload)
  return new AgentError(items.string(tag.value) ?? 'unknown error', {
    exitCode: items.number(tag.exitCode) ?? 128,
    errno: items.number(tag.errno) ?? 0,
  })
}
