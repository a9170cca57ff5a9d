import { resolve } from 'node:path'
import { readMountFlag, readPortFlag, splitWords } from '@container-compose/compose'
import { UserError } from '@container-compose/core'
import type { RunOverrides } from '@container-compose/orchestrator'
import { conflict } from '../arguments/conflict.ts'
import type { OptionValues } from '../arguments/options.ts'
import { flag, list, text, tristate } from '../arguments/options.ts'
import { environmentOf } from '../environment-flags.ts'
import { removeOrphansFlag } from './up-options.ts'

export const runOptions = {
  build: flag('--build', 'Build image before starting container'),
  capAdd: list('--cap-add <capability>', 'Add Linux capabilities'),
  capDrop: list('--cap-drop <capability>', 'Drop Linux capabilities'),
  detach: flag('-d, --detach', 'Run container in background and print container ID'),
  entrypoint: text('--entrypoint <command>', 'Override the entrypoint of the image'),
  env: list('-e, --env <key=value>', 'Set environment variables'),
  envFromFile: list('--env-from-file <file>', 'Set environment variables from file'),
  interactive: flag('-i, --interactive', 'Keep STDIN open even if not attached', { initial: true }),
  label: list('-l, --label <key=value>', 'Add or override a label'),
  labels: list('--labels <key=value>', 'Add or override a label', { hidden: true }),
  name: text('--name <name>', 'Assign a name to the container'),
  noTTY: tristate('-T, --no-TTY', 'Disable pseudo-TTY allocation'),
  noDeps: flag('--no-deps', "Don't start linked services"),
  publish: list('-p, --publish <port>', "Publish a container's port(s) to the host"),
  pull: text('--pull <policy>', 'Pull image before running ("always"|"missing"|"never")'),
  quiet: flag('-q, --quiet', "Don't print anything to STDOUT"),
  quietBuild: flag('--quiet-build', 'Suppress progress output from the build process'),
  quietPull: flag('--quiet-pull', 'Pull without printing progress information'),
  removeOrphans: removeOrphansFlag,
  rm: flag('--rm', 'Automatically remove the container when it exits'),
  servicePorts: flag('-P, --service-ports', "Publish all the service's ports to the host"),
  tty: tristate('-t, --tty', 'Allocate a pseudo-TTY', { hidden: true }),
  useAliases: flag('--use-aliases', "Use the service's network useAliases in the network(s)"),
  user: text('-u, --user <user>', 'Run as specified username or uid'),
  volume: list('-v, --volume <volume>', 'Bind mount a volume'),
  volumes: list('--volumes <volume>', 'Bind mount a volume', { hidden: true }),
  workdir: text('-w, --workdir <path>', 'Working directory inside the container'),
} as const

export type RunFlags = OptionValues<typeof runOptions>

/** @throws UserError `CONFLICTING_FLAGS` in Docker Compose's words. */
export const checkRunFlags = ({ servicePorts, publish, noTTY, tty }: RunFlags): void => {
  if (servicePorts && publish.length > 0) throw conflict('--service-ports and --publish are incompatible')
  if (tty === true && noTTY === true) throw conflict("--tty and --no-TTY can't be used together")
}

interface Surroundings {
  readonly cwd: string
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly tty: boolean
  readonly warn: (message: string) => void
}

/** What the flags say about the container. @throws UserError for one that can't be read */
export const overridesOf = (
  flags: RunFlags,
  command: readonly string[],
  { cwd, environment, tty, warn }: Surroundings,
): RunOverrides => ({
  command,
  entrypoint: flags.entrypoint === undefined ? undefined : words(flags.entrypoint),
  tty,
  stdinOpen: flags.interactive,
  environment: environmentOf(
    { files: flags.envFromFile.map((file) => resolve(cwd, file)), entries: flags.env },
    environment,
    warn,
  ),
  user: flags.user,
  workingDirectory: flags.workdir,
  capAdd: flags.capAdd,
  capDrop: flags.capDrop,
  labels: Object.fromEntries([...flags.label, ...flags.labels].map(labelOf)),
  volumes: [...flags.volume, ...flags.volumes].map((spec) => readMountFlag(spec, cwd)),
  ports: flags.publish.flatMap(readPortFlag),
  servicePorts: flags.servicePorts,
})

const words = (line: string): string[] => {
  const split = splitWords(line)
  if ('problem' in split)
    throw new UserError('INVALID_ARGUMENT', split.problem, { hint: 'quotes come in pairs' })
  return split.value
}

const labelOf = (text: string): [string, string] => {
  const at = text.indexOf('=')
  if (at < 0)
    throw new UserError('INVALID_ARGUMENT', 'label must be set as KEY=VALUE', {
      hint: `for example --label ${text}=1`,
    })
  return [text.slice(0, at), text.slice(at + 1)]
}
