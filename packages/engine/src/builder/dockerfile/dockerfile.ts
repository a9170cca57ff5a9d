import { badParameter } from '../../api/errors.ts'
import { dockerfileFault, type Instruction, parseInstructions } from './instructions.ts'
import { expandVariables } from './variables.ts'

/** A stage of a Dockerfile that is built, because it is the target or the target needs it. */
export interface Stage {
  /** Of all stages of the file, from 0. */
  readonly index: number
  readonly name: string | undefined
  /** The FROM first. */
  readonly steps: readonly Instruction[]
}

export interface Dockerfile {
  readonly stages: readonly Stage[]
  /** Names of images or further contexts that its FROM, COPY --from and RUN --mount=from need, with the lines that name them. */
  readonly references: readonly { readonly name: string; readonly line: number; readonly platform?: string }[]
  /** Whether any step may want a network. */
  readonly wantsNetwork: boolean
}

export interface DockerfileOptions {
  readonly target?: string | undefined
  readonly args: ReadonlyMap<string, string>
}

/**
 * What a build of the file comes to: the stages that the target needs and the images that these begin with.
 *
 * @throws ApiError 400 with the line of the fault
 */
export const readDockerfile = (text: string, { target, args }: DockerfileOptions): Dockerfile => {
  const instructions = parseInstructions(text)
  const all = splitStages(instructions, args)
  const wanted = target === undefined || target === '' ? all.length - 1 : indexOf(all, target)
  if (wanted === -1) throw badParameter(`failed to reach build target ${target} in Dockerfile`)
  const needed = new Set<number>()
  const references: { name: string; line: number; platform?: string }[] = []
  const visit = (index: number): void => {
    const stage = all[index]
    if (stage === undefined || needed.has(index)) return
    needed.add(index)
    for (const reference of stage.needs) {
      // A stage can only use those before it; other names are images.
      const stageIndex = indexOf(all.slice(0, index), reference.name)
      if (stageIndex !== -1) visit(stageIndex)
      else if (reference.name !== 'scratch' || !reference.isBase) references.push(reference)
    }
  }
  visit(wanted)
  const stages = all.filter(({ index }) => needed.has(index))
  return {
    stages,
    references: references.map(({ name, line, platform }) => ({
      ...{ name, line },
      ...(platform !== undefined && { platform }),
    })),
    wantsNetwork: stages.some(({ steps }) =>
      steps.some(
        ({ keyword, text: rest }) => keyword === 'RUN' || (keyword === 'ADD' && /https?:/.test(rest)),
      ),
    ),
  }
}

interface Need {
  readonly name: string
  readonly line: number
  readonly isBase?: true
  readonly platform?: string
}

const splitStages = (instructions: readonly Instruction[], given: ReadonlyMap<string, string>) => {
  const globals = new Map(predefined())
  const stages: { index: number; name: string | undefined; steps: Instruction[]; needs: Need[] }[] = []
  for (const step of instructions) {
    const { keyword, line } = step
    const stage = stages.at(-1)
    if (keyword === 'FROM') {
      const { name, base, platform } = readFrom(step, globals)
      const need = { name: base, line, isBase: true as const, ...(platform !== undefined && { platform }) }
      stages.push({ index: stages.length, name, steps: [step], needs: [need] })
    } else if (stage === undefined) {
      if (keyword !== 'ARG') throw dockerfileFault(line, 'no build stage in current context')
      for (const [name, value] of readArgs(step, globals, given)) globals.set(name, value)
    } else {
      stage.steps.push(step)
      stage.needs.push(...needsOf(step, globals))
    }
  }
  if (stages.length === 0) throw badParameter('no build stage in the Dockerfile: it has no FROM')
  return stages
}

/** The arguments of the platform that are there without ARG before the first FROM. */
const predefined = (): [string, string][] => {
  const architecture = { x64: 'amd64', ia32: '386' }[process.arch as string] ?? process.arch
  return ['BUILD', 'TARGET'].flatMap((of): [string, string][] => [
    [`${of}PLATFORM`, `linux/${architecture}`],
    [`${of}OS`, 'linux'],
    [`${of}ARCH`, architecture],
    [`${of}VARIANT`, ''],
  ])
}

const readFrom = ({ text, line }: Instruction, values: ReadonlyMap<string, string>) => {
  const words = text.split(/\s+/).filter((word) => word !== '')
  const flags = words.filter((word) => word.startsWith('--'))
  const [base = '', as, name] = words.slice(flags.length)
  const count = words.length - flags.length
  if ((count !== 1 && count !== 3) || (count === 3 && as?.toLowerCase() !== 'as'))
    throw dockerfileFault(line, 'FROM requires either one or three arguments')
  const expanded = expandVariables(base, values)
  if (expanded === '') throw dockerfileFault(line, `base name (${base}) should not be blank`)
  const platform = flags.find((flag) => flag.startsWith('--platform='))?.slice('--platform='.length)
  return {
    name,
    base: expanded,
    platform: platform === undefined ? undefined : expandVariables(platform, values),
  }
}

const readArgs = (
  { text }: Instruction,
  values: ReadonlyMap<string, string>,
  given: ReadonlyMap<string, string>,
): [string, string][] =>
  [...text.matchAll(/(\w+)(?:=("(?:\\.|[^"])*"|'[^']*'|\S*))?/g)].map(([, name = '', value]) => [
    name,
    given.get(name) ?? (value === undefined ? '' : expandVariables(value, values)),
  ])

/** Images and stages that a step of a stage takes files from. */
const needsOf = ({ keyword, text, line }: Instruction, values: ReadonlyMap<string, string>): Need[] => {
  const flags = /^(?:--\S+\s+)*/.exec(text)?.[0].split(/\s+/) ?? []
  const from = flags.flatMap((flag) => {
    if ((keyword === 'COPY' || keyword === 'ADD') && flag.startsWith('--from=')) return [flag.slice(7)]
    if (keyword !== 'RUN' || !flag.startsWith('--mount=')) return []
    return flag
      .slice('--mount='.length)
      .split(',')
      .flatMap((part) => (part.startsWith('from=') ? [part.slice(5)] : []))
  })
  return from.map((name) => ({ name: expandVariables(name, values), line }))
}

/** By name, whatever its case, or by number. */
const indexOf = (stages: readonly { readonly name: string | undefined }[], wanted: string): number => {
  const named = stages.findLastIndex(({ name }) => name?.toLowerCase() === wanted.toLowerCase())
  if (named !== -1) return named
  return /^\d+$/.test(wanted) && Number(wanted) < stages.length ? Number(wanted) : -1
}
