import {
  type LoadedProject,
  type LoadOptions,
  type Locations,
  loadProject,
  loadProjectModel,
  type ModelTree,
  type Path,
  type Project,
  type Stages,
} from '@container-compose/compose'
import type { SourceLocation } from '@container-compose/core'
import type { OptionSpecs } from './arguments/options.ts'
import type { Invocation } from './command.ts'
import { writeWarning } from './progress/warning.ts'

// biome-ignore lint/suspicious/noExplicitAny: what a command is called with does not matter here
export type AnyInvocation = Pick<Invocation<any & OptionSpecs>, 'globals' | 'world' | 'screen' | 'interrupts'>

/**
 * The project that flags, environment and files describe, cut to `services` and what they need when some are named.
 * Its warnings are written.
 */
export const readProject = (
  invocation: AnyInvocation,
  services: readonly string[] = [],
): Promise<LoadedProject> => {
  return loadProject({ ...loadOptions(invocation), services })
}

/** Reads the files of a command line as often and as far as it is asked. */
export interface ProjectSource {
  project(services: readonly string[], stages?: Partial<Stages>): Promise<Project>
  /** What the files say, in long form. */
  model(stages?: Partial<Stages>): Promise<ModelTree>
  /** A place in the project that was read last. */
  locate(path: Path): SourceLocation | undefined
}

export const readSource = (invocation: AnyInvocation, stages: Partial<Stages>): ProjectSource => {
  let locations: Locations | undefined
  return {
    async project(services, more = {}) {
      const loaded = await loadProject({
        ...loadOptions(invocation),
        services,
        stages: { ...stages, ...more },
      })
      locations = loaded.locations
      return loaded.project
    },
    async model(more = {}) {
      const loaded = await loadProjectModel({ ...loadOptions(invocation), stages: { ...stages, ...more } })
      return loaded.root
    },
    locate: (path) => locations?.of(path),
  }
}

const loadOptions = (invocation: AnyInvocation): LoadOptions => {
  const { globals, world } = invocation
  const { projectDirectory, projectName } = globals
  return {
    cwd: world.cwd,
    environment: world.env,
    files: globals.files,
    readStandardInput: () => readAll(world.stdin),
    ...(projectDirectory === undefined ? {} : { projectDirectory }),
    ...(projectName ? { projectName } : {}),
    envFiles: globals.envFiles,
    profiles: globals.profiles,
    allResources: globals.allResources,
    onWarning: ({ message }) => writeWarning(message, invocation),
  }
}

const readAll = async (stream: NodeJS.ReadableStream): Promise<string> => {
  const chunks: Buffer[] = []
  for await (const chunk of stream) chunks.push(Buffer.from(chunk))
  return Buffer.concat(chunks).toString()
}
