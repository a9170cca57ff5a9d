import { dockerfileFault, type Instruction } from './instructions.ts'

/** What buildah 1.28 knows of each instruction that takes flags. */
const known: Readonly<Record<string, readonly string[]>> = {
  RUN: ['mount'],
  COPY: ['chmod', 'chown', 'from'],
  ADD: ['chmod', 'chown'],
  FROM: ['platform'],
  HEALTHCHECK: ['interval', 'timeout', 'start-period', 'retries'],
}

/** Flags that make no other image: `--link` only lets BuildKit save work, the others say what is so anyway. */
const saysNothing = /^--(link(=(true|false))?|keep-git-dir=false|network=default|security=sandbox)$/

/** buildah would take its page for the file. */
const repository = /^(git@|git:\/\/|ssh:\/\/|https?:\/\/\S+\.git(#|$))/

/**
 * The flags at the beginning of an instruction, without those that say nothing.
 *
 * @returns undefined when there is nothing to leave out
 * @throws DockerfileError for flags that buildah does not know
 */
export const withoutIdleFlags = ({ keyword, text, line }: Instruction): string | undefined => {
  const names = known[keyword]
  if (names === undefined) return undefined
  const [beginning = ''] = /^(?:--\S+\s+)*/.exec(text) ?? []
  const flags = beginning.split(/\s+/).filter(Boolean)
  const kept = flags.filter((flag) => !saysNothing.test(flag))
  for (const flag of kept) {
    const name = /^--([^=]*)/.exec(flag)?.[1] ?? ''
    if (!names.includes(name))
      throw dockerfileFault(line, `${keyword} --${name} is not supported by buildah 1.28`)
  }
  if (keyword === 'ADD' && text.split(/\s+/).some((word) => repository.test(word)))
    throw dockerfileFault(line, 'ADD of a Git repository is not supported by buildah 1.28')
  if (kept.length === flags.length) return undefined
  return [...kept, text.slice(beginning.length)].join(' ')
}
