import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { execa } from 'execa'
import { ApiError } from '../../api/errors.ts'
import type { PreparedContext } from '../context/prepare.ts'
import type { Dockerfile } from '../dockerfile/dockerfile.ts'
import type { Instruction } from '../dockerfile/instructions.ts'
import type { BuildRequest } from '../request.ts'
import { buildArguments } from './arguments.ts'
import { type CageOptions, caged, cageEnvironment } from './cage.ts'
import { removeCgroup } from './cgroup.ts'
import { eachLine } from './each-line.ts'
import { type BuildLine, outputReader } from './output.ts'
import { findRuntime } from './runtime.ts'
import { type BuildStore, notInstalled } from './store.ts'

/** What happens while a Dockerfile's steps run; `stderr` is the second output of a step's program. */
export type StepEvent =
  | Exclude<BuildLine, { kind: 'commit' | 'extra' }>
  | { readonly kind: 'stderr'; readonly text: string }

/** A step failed. `exitCode` is its program's; 0 when it was no program's failure. */
export class StepError extends ApiError {
  readonly step: Instruction | undefined
  readonly exitCode: number
  constructor(message: string, { step, exitCode }: { step: Instruction | undefined; exitCode: number }) {
    super(500, message)
    this.step = step
    this.exitCode = exitCode
  }
}

export interface StepOptions {
  readonly request: BuildRequest
  readonly dockerfile: Dockerfile
  readonly context: PreparedContext
  readonly bases: ReadonlyMap<string, string>
  readonly store: BuildStore
  readonly cage: CageOptions
  readonly work: string
  /** Below which the steps' cgroups are. */
  readonly cgroup: string
  readonly hostGateway: string | undefined
  /** What it gives back is waited for before more output is read. */
  readonly emit: (event: StepEvent) => Promise<void> | void
  readonly signal: AbortSignal
}

/**
 * Has buildah run the steps; the image is in its store afterwards.
 *
 * @returns the image's id
 * @throws StepError
 */
export const runSteps = async (options: StepOptions): Promise<string> => {
  const { request, context, work, store, signal, emit, cgroup } = options
  const idFile = join(work, 'tmp', 'image-id')
  const ignoreFile = join(work, 'tmp', 'ignore')
  await writeFile(ignoreFile, '')
  const command = [
    'buildah',
    ...store.options,
    ...buildArguments(request, {
      ...{ contextDir: context.dir, dockerfile: context.dockerfile, ignoreFile, idFile },
      ...{ policy: store.policy, runtime: await findRuntime(), cgroupParent: cgroup },
      ...{ images: options.bases, contexts: context.contexts, secrets: context.secrets },
      hostGateway: options.hostGateway,
    }),
  ]
  const readable = [context.dir, context.dockerfile].concat(
    Object.values(context.contexts),
    Object.values(context.secrets),
    Object.values(request.ssh),
  )
  const [program, ...args] = caged({ ...options.cage, readable }, command)
  const child = execa(program, args, {
    ...{ extendEnv: false, env: cageEnvironment, cwd: '/', stdin: 'ignore' },
    ...{ buffer: false, reject: false, cancelSignal: signal, killSignal: 'SIGKILL' },
  })
  const read = outputReader(options.dockerfile.stages)
  let current: Instruction | undefined
  let failure = ''
  let runtimeFailure: string | undefined
  const reading = Promise.all([
    eachLine(child.stdout, (text) => {
      const line = read(text)
      if (line.kind === 'step') current = line.step
      if (line.kind !== 'commit' && line.kind !== 'extra') return emit(line)
    }),
    eachLine(child.stderr, async (text) => {
      // The last of these is buildah's own; those before were a program's.
      if (failure !== '') await emit({ kind: 'stderr', text: `${failure}\n` })
      failure = ''
      const refused =
        /^error running container: from \S+ creating container for .* level=error msg="(.*)"$/.exec(text)
      if (refused !== null) runtimeFailure = refused[1]?.replace(/\\(.)/g, '$1')
      else if (/^(Error: |error )/.test(text)) failure = text
      else if (!isOnlyBuildahs(text)) await emit({ kind: 'stderr', text: `${text}\n` })
    }),
  ])
  // Looked at when the program has ended, and not at all when it was interrupted.
  reading.catch(() => undefined)
  try {
    const result = await child
    if (result.isCanceled) throw new ApiError(499, 'context canceled')
    await reading
    if (!result.failed) return (await readFile(idFile, 'utf8')).trim()
    if (result.exitCode === 127 && failure === '') throw notInstalled('buildah')
    if (runtimeFailure !== undefined)
      throw new StepError(`RUN failed: ${runtimeFailure}`, { step: current, exitCode: 0 })
    throw stepError(failure.replaceAll(`${context.dir}/`, ''), current)
  } finally {
    await removeCgroup(cgroup)
  }
}

/** Docker says nothing about an argument that has no value, which is not a fault. */
const isOnlyBuildahs = (text: string): boolean =>
  /^time="[^"]*" level=warning msg="missing \\"\w+\\" build argument\./.test(text)

const stepError = (failure: string, step: Instruction | undefined): StepError => {
  const said = failure.replace(/^Error: /, '')
  const exitCode = Number(/while running runtime: exit status (\d+)$/.exec(said)?.[1] ?? 0)
  if (step?.keyword === 'RUN' && exitCode > 0) {
    const text = step.text.replace(/^(--\S+\s+)*/, '')
    const shown = text.startsWith('[') ? text : `/bin/sh -c ${text}`
    return new StepError(`The command '${shown}' returned a non-zero code: ${exitCode}`, { step, exitCode })
  }
  const cause = said
    .replace(/^building at STEP "(?:[^"\\]|\\.)*": /, '')
    // A dump of the whole request.
    .replace(/error during bulk transfer for copier\.request\{.*\}: copier: /, '')
  const message = step === undefined ? cause : `${step.keyword} failed: ${cause}`
  return new StepError(message || 'buildah failed without a word', { step, exitCode: 0 })
}
