import { type AgentClient, AgentError } from '@container-compose/guest'
import type { OciProcess } from '../../oci-spec.ts'
import { type ExecOptions, type ExecSession, StartError } from '../../runtime.ts'
import { guestProcess } from './guest-setup.ts'

/** @throws StartError in Docker's words when the program can't be executed. */
export const execInVm = async (
  agent: AgentClient,
  process: OciProcess,
  { openStdin }: ExecOptions,
): Promise<ExecSession> => {
  try {
    const exec = await agent.exec(guestProcess(process, openStdin))
    return {
      pid: exec.pid,
      stdout: exec.stdout,
      stderr: exec.stderr,
      exited: exec.exited,
      writeStdin: (data) => exec.writeStdin(data),
      closeStdin: async () => exec.closeStdin(),
      resize: async (size) => exec.resize(size),
      kill: (signal) => exec.kill(signal),
    }
  } catch (error) {
    throw startError(error)
  }
}

/** A refusal of the agent as the engine knows it; anything else as it is. */
export const startError = (error: unknown): unknown =>
  error instanceof AgentError ? new StartError(error.message, error.exitCode, { cause: error }) : error
