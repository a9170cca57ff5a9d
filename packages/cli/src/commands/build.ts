import { readBytes } from '@container-compose/compose'
import { UserError } from '@container-compose/core'
import {
  buildImages,
  buildPlan,
  pushImages,
  renderPlan,
  sshAgents,
  withBuildSupport,
} from '@container-compose/orchestrator'
import { flag, list, text } from '../arguments/options.ts'
import { defineCommand } from '../command.ts'
import { usesOwnEngine } from '../engine.ts'
import { readProject } from '../project.ts'
import { desiredOf, withProgress } from '../session.ts'

const deprecated = { hidden: true }

export default defineCommand({
  summary: 'Build or rebuild services',
  operands: '[SERVICE...]',
  options: {
    buildArg: list('--build-arg <key=val>', 'Set build-time variables for services'),
    builder: text('--builder <builder>', 'Set builder to use (not supported)'),
    check: flag('--check', 'Check build configuration (not supported)'),
    compress: flag('--compress', 'Deprecated', deprecated),
    forceRm: flag('--force-rm', 'Deprecated', deprecated),
    memory: text('-m, --memory <bytes>', 'Set memory limit for the build container'),
    noCache: flag('--no-cache', 'Do not use cache when building the image'),
    noRm: flag('--no-rm', 'Deprecated', deprecated),
    parallel: flag('--parallel', 'Deprecated', deprecated),
    print: flag('--print', 'Print equivalent bake file (not supported)'),
    provenance: text('--provenance <attestation>', 'Add a provenance attestation (not supported)'),
    pull: flag('--pull', 'Always attempt to pull a newer version of the image'),
    push: flag('--push', 'Push service images'),
    quiet: flag('-q, --quiet', 'Suppress the build output'),
    sbom: text('--sbom <attestation>', 'Add a SBOM attestation (not supported)'),
    ssh: list(
      '--ssh <agent>',
      "Set SSH authentications used when building service images ('default' or id=socket)",
    ),
    withDependencies: flag('--with-dependencies', 'Also build dependencies (transitively)'),
  },
  async run(invocation) {
    const { options, operands, world, globals } = invocation
    refuse(options)
    const loaded = await readProject(invocation, operands)
    const ownEngine = usesOwnEngine(invocation)
    const desired = withBuildSupport(desiredOf(loaded), loaded, { ownEngine })
    const { environment } = loaded.project
    const build = {
      selected: operands,
      withDependencies: options.withDependencies,
      args: buildArguments(options.buildArg, environment),
      noCache: options.noCache,
      pull: options.pull,
      memory: options.memory === undefined ? undefined : memoryBytes(options.memory),
      ssh: sshAgents(options.ssh, environment),
    }
    const plan = buildPlan(desired, build)
    if (globals.dryRun) {
      world.stdout.write(renderPlan(plan))
      return 0
    }
    if (plan.length === 0) return 0
    await withProgress(
      invocation,
      { title: 'Building', project: desired.project, quietBuild: options.quiet },
      async (context) => {
        await buildImages(context, desired, build)
        if (options.push) await pushImages(context, desired, { ...build, ignoreFailures: false })
      },
    )
    return 0
  },
})

interface Refusable {
  readonly builder: string | undefined
  readonly check: boolean
  readonly print: boolean
  readonly provenance: string | undefined
  readonly sbom: string | undefined
}

/** What only BuildKit has, said before anything is built. @throws UserError `UNSUPPORTED_FLAG` */
const refuse = ({ builder, check, print, provenance, sbom }: Refusable): void => {
  const refused = (name: string, hint: string) =>
    new UserError('UNSUPPORTED_FLAG', `--${name} is not supported`, { hint })
  const bake = 'images are built by the engine itself, without BuildKit'
  if (builder !== undefined && builder !== 'default') throw refused('builder', bake)
  if (check) throw refused('check', '--dry-run shows what would be built')
  if (print) throw refused('print', bake)
  if (![undefined, 'false'].includes(provenance)) throw refused('provenance', bake)
  if (![undefined, 'false'].includes(sbom)) throw refused('sbom', bake)
}

/** `KEY=VALUE`, or `KEY` of the environment. */
const buildArguments = (
  given: readonly string[],
  environment: Readonly<Record<string, string>>,
): Record<string, string> =>
  Object.fromEntries(
    given.flatMap((entry) => {
      const [, name = '', value] = /^([^=]*)(?:=([\s\S]*))?$/.exec(entry) ?? []
      const found = value ?? environment[name]
      return found === undefined ? [] : [[name, found]]
    }),
  )

const memoryBytes = (given: string): number => {
  const bytes = readBytes(given)
  if ('value' in bytes && bytes.value > 0) return bytes.value
  throw new UserError('INVALID_ARGUMENT', `invalid argument "${given}" for "-m, --memory" flag`, {
    hint: 'a number of bytes, or with a unit: 512m, 2g',
  })
}
