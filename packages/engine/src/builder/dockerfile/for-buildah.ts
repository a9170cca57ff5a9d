import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { withoutIdleFlags } from './flags.ts'
import { dockerfileFault, type Heredoc, type Instruction, parseInstructions } from './instructions.ts'

/** A Dockerfile that says the same in the words of buildah 1.28. */
export interface BuildahDockerfile {
  readonly text: string
  /** Here-documents, by their paths below a context of the name `heredocContext`. */
  readonly files: ReadonlyMap<string, string>
}

/** No image can have that name. */
export const heredocContext = 'container-compose-heredocs'

/**
 * The same Dockerfile without what buildah 1.28 does not know: of here-documents, each RUN becomes one whose shell gets the script
 * as an argument, each COPY takes files; flags that say nothing go. Every instruction stays one instruction.
 *
 * @throws DockerfileError for what can't be said in another way
 */
export const forBuildah = (text: string): BuildahDockerfile => {
  const lines = text.split(/\r?\n/)
  const instructions = parseInstructions(text)
  const files = new Map<string, string>()
  let shell = defaultShell
  const out = lines.slice(0, (instructions[0]?.line ?? 1) - 1)
  for (const [index, given] of instructions.entries()) {
    const shorter = withoutIdleFlags(given)
    const instruction = shorter === undefined ? given : { ...given, text: shorter }
    const { keyword, heredocs } = instruction
    if (keyword === 'FROM') shell = defaultShell
    if (keyword === 'SHELL') shell = shellOf(instruction) ?? shell
    if (heredocs.length > 0)
      out.push(
        keyword === 'RUN'
          ? runOf(instruction, shell, { index, files })
          : copyOf(instruction, { index, files }),
      )
    else if (shorter !== undefined) out.push(`${keyword} ${shorter}`)
    else out.push(...lines.slice(given.line - 1, given.lastLine))
  }
  return { text: `${out.join('\n')}\n`, files }
}

/** Writes the files below a new directory. */
export const writeHeredocs = async (dir: string, files: BuildahDockerfile['files']): Promise<void> => {
  await mkdir(dir)
  for (const [path, content] of files) {
    await mkdir(dirname(join(dir, path)), { recursive: true })
    await writeFile(join(dir, path), content, { mode: path.startsWith('run/') ? 0o755 : 0o644 })
  }
}

const defaultShell: readonly string[] = ['/bin/sh', '-c']

const shellOf = ({ text }: Instruction): string[] | undefined => {
  try {
    const words: unknown = JSON.parse(text)
    return Array.isArray(words) && words.every((word) => typeof word === 'string') ? words : undefined
  } catch {
    return undefined
  }
}

interface Target {
  readonly index: number
  readonly files: Map<string, string>
}

const runOf = (
  { text, heredocs }: Instruction,
  shell: readonly string[],
  { index, files }: Target,
): string => {
  const [flags = ''] = /^(?:--\S+\s+)*/.exec(text) ?? []
  const command = text.slice(flags.length).trim()
  const [only] = heredocs
  const isScript = heredocs.length === 1 && /^<<-?(["']?)[\w.]+\1$/.test(command)
  if (!isScript || only === undefined) {
    const documents = heredocs.map(({ raw, word }) => `${raw}${word}\n`).join('')
    return `RUN ${flags}${JSON.stringify([...shell, `${command}\n${documents}`])}`
  }
  const content = contentOf(only)
  if (!content.startsWith('#!')) return `RUN ${flags}${JSON.stringify([...shell, content])}`
  // A script with a program of its own is a file for the time of the step.
  files.set(`run/${index}`, content)
  const mount = `--mount=type=bind,from=${heredocContext},source=run/${index},target=/dev/.heredoc`
  return `RUN ${flags}${mount} ["/dev/.heredoc"]`
}

const copyOf = ({ keyword, text, line, heredocs }: Instruction, { index, files }: Target): string => {
  const [flags = ''] = /^(?:--\S+\s+)*/.exec(text) ?? []
  const words = text.slice(flags.length).trim().split(/\s+/)
  const sources = words.slice(0, -1)
  if (sources.length !== heredocs.length || !sources.every((word) => word.startsWith('<<')))
    throw dockerfileFault(line, `${keyword} of here-documents beside other files is not supported: use two`)
  for (const heredoc of heredocs) {
    if (!heredoc.isQuoted && /(^|[^\\])\$/.test(heredoc.raw))
      throw dockerfileFault(
        line,
        `variables in a here-document of ${keyword} are not supported: quote its word, <<'${heredoc.word}'`,
      )
    const content = contentOf(heredoc)
    files.set(
      `copy/${index}/${heredoc.word}`,
      heredoc.isQuoted ? content : content.replace(/\\([$\\])/g, '$1'),
    )
  }
  const paths = heredocs.map(({ word }) => `/copy/${index}/${word}`)
  return `COPY --from=${heredocContext} ${flags}${[...paths, words.at(-1)].join(' ')}`
}

const contentOf = ({ raw, stripsTabs }: Heredoc): string => (stripsTabs ? raw.replace(/^\t+/gm, '') : raw)
