import type { EngineClient } from '../client/connect.ts'
import { readFrames } from '../client/frames.ts'

export interface InsideCommand {
  readonly command: readonly string[]
  readonly user?: string | undefined
  readonly workingDirectory?: string | undefined
  readonly environment?: readonly string[]
  readonly privileged?: boolean | undefined
}

/**
 * Runs a command in a running container and waits for its end.
 *
 * @throws Error with the exit code and the end of what it wrote to stderr, unless it ends with 0.
 */
export const runInside = async (
  client: EngineClient,
  container: string,
  { command, user, workingDirectory, environment = [], privileged = false }: InsideCommand,
): Promise<void> => {
  const id = await client.exec.create(container, {
    Cmd: command,
    AttachStdin: false,
    AttachStdout: true,
    AttachStderr: true,
    Tty: false,
    Env: environment,
    Privileged: privileged,
    ...(user ? { User: user } : {}),
    ...(workingDirectory ? { WorkingDir: workingDirectory } : {}),
  })
  const stream = await client.exec.start(id, { tty: false })
  let words = ''
  for await (const { stream: name, bytes } of readFrames(stream, { tty: false }))
    if (name === 'stderr') words = (words + bytes.toString()).slice(-2000)
  const { ExitCode } = await client.exec.inspect(id)
  if (ExitCode !== 0)
    throw new Error(
      `${command[0]} in the container: exit code ${ExitCode}${words === '' ? '' : `: ${words.trim()}`}`,
    )
}
