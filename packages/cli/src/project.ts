import { type LoadedProject, loadProject } from '@container-compose/compose'
import type { OptionSpecs } from './arguments/options.ts'
import type { Invocation } from './command.ts'
import { renderWarning } from './progress/warning.ts'

// biome-ignore lint/suspicious/noExplicitAny: what a command is called with does not matter here
export type AnyInvocation = Pick<Invocation<any & OptionSpecs>, 'globals' | 'world' | 'screen' | 'interrupts'>

/**
 * The project that flags, environment and files describe, cut to `services` and what they need when some are named.
 * Its warnings are written.
 */
export const readProject = async (
  { globals, world, screen }: AnyInvocation,
  services: readonly string[] = [],
): Promise<LoadedProject> => {
  const { projectDirectory, projectName } = globals
  const loaded = await loadProject({
    cwd: world.cwd,
    environment: world.env,
    files: globals.files,
    readStandardInput: () => readAll(world.stdin),
    ...(projectDirectory === undefined ? {} : { projectDirectory }),
    ...(projectName ? { projectName } : {}),
    envFiles: globals.envFiles,
    profiles: globals.profiles,
    services,
    allResources: globals.allResources,
  })
  for (const { message } of loaded.warnings)
    world.stderr.write(renderWarning(message, { screen, now: () => world.clock.now() }))
  return loaded
}

const readAll = async (stream: NodeJS.ReadableStream): Promise<string> => {
  const chunks: Buffer[] = []
  for await (const chunk of stream) chunks.push(Buffer.from(chunk))
  return Buffer.concat(chunks).toString()
}
