import { writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { isSystemError, messageOf, UserError } from '@container-compose/core'
import { flag, text } from '../arguments/options.ts'
import { defineCommand, type World } from '../command.ts'

/** Every way to ask for less than the whole file, in the order in which the reference looks. */
const options = {
  environment: flag('--environment', 'Print environment used for interpolation'),
  format: text('--format <format>', 'Format the output. Values: [yaml | json]'),
  hash: text('--hash <services>', 'Print the service config hash, one per line'),
  images: flag('--images', 'Print the image names, one per line'),
  lockImageDigests: flag('--lock-image-digests', 'Produces an override file with image digests'),
  models: flag('--models', 'Print the model names, one per line'),
  networks: flag('--networks', 'Print the network names, one per line'),
  noConsistency: flag(
    '--no-consistency',
    "Don't check model consistency - warning: may produce invalid Compose output",
  ),
  noEnvResolution: flag('--no-env-resolution', "Don't resolve service env files"),
  noInterpolate: flag('--no-interpolate', "Don't interpolate environment variables"),
  noNormalize: flag('--no-normalize', "Don't normalize compose model"),
  noPathResolution: flag('--no-path-resolution', "Don't resolve file paths"),
  output: text('-o, --output <file>', 'Save to file (default to stdout)'),
  profiles: flag('--profiles', 'Print the profile names, one per line'),
  quiet: flag('-q, --quiet', "Only validate the configuration, don't print anything"),
  resolveImageDigests: flag('--resolve-image-digests', 'Pin image tags to digests'),
  services: flag('--services', 'Print the service names, one per line'),
  variables: flag('--variables', 'Print model variables and default values'),
  volumes: flag('--volumes', 'Print the volume names, one per line'),
} as const

export default defineCommand({
  summary: 'Parse, resolve and render compose file in canonical format',
  operands: '[SERVICE...]',
  options,
  async run({ options: chosen, operands, globals, world, screen, interrupts }) {
    const [{ readSource }, answers] = await Promise.all([
      import('../project.ts'),
      import('../config/answers.ts'),
    ])
    const source = readSource(
      { globals, world, screen, interrupts },
      {
        interpolate: !chosen.noInterpolate,
        resolvePaths: !chosen.noPathResolution,
        normalize: !(chosen.noNormalize || globals.compatibilityFlag),
        checkConsistency: !chosen.noConsistency,
      },
    )
    const digestOf = async (image: string): Promise<string> => {
      const [{ openRunningEngine }, { imageDigest }] = await Promise.all([
        import('../engine.ts'),
        import('@container-compose/orchestrator'),
      ])
      return imageDigest(await openRunningEngine({ globals, world }), image)
    }
    const list = answers.listFor(chosen, { source, services: operands, compatibility: globals.compatibility })
    const answer = await (list ?? answers.printWhole(chosen, { source, services: operands, digestOf }))
    if (list !== undefined) world.stdout.write(answer)
    else if (!chosen.quiet) write(answer, chosen.output, world)
    return 0
  },
})

const write = (answer: string, output: string | undefined, { cwd, stdout }: World): void => {
  if (output === undefined || answer === '') {
    stdout.write(answer)
    return
  }
  try {
    writeFileSync(resolve(cwd, output), answer)
  } catch (error) {
    throw new UserError('FILE_UNWRITABLE', `open ${output}: ${reasonOf(error)}`)
  }
}

const reasonOf = (error: unknown): string => {
  if (isSystemError(error, 'ENOENT')) return 'no such file or directory'
  if (isSystemError(error, 'EISDIR')) return 'is a directory'
  if (isSystemError(error, 'EACCES')) return 'permission denied'
  return messageOf(error)
}
