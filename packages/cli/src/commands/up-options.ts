import { UserError } from '@container-compose/core'
import { defaultPolicy, type Policy } from '@container-compose/orchestrator'
import { conflict } from '../arguments/conflict.ts'
import { flag, list, tristate } from '../arguments/options.ts'
import type { World } from '../command.ts'
import { isTrue } from '../globals.ts'
import { confirm } from '../prompt.ts'

export const removeOrphansFlag = tristate(
  '--remove-orphans',
  'Remove containers for services not defined in the Compose file',
)

/** What `up`, `create` and `plan` have in common. */
export const convergeOptions = {
  build: flag('--build', 'Build images before starting containers'),
  forceRecreate: flag('--force-recreate', "Recreate containers even if their configuration hasn't changed"),
  noBuild: flag('--no-build', "Don't build an image, even if it's policy"),
  noRecreate: flag('--no-recreate', "If containers already exist, don't recreate them"),
  removeOrphans: removeOrphansFlag,
  scale: list('--scale <scale>', 'Scale SERVICE to NUM instances'),
} as const

/** The flags of `up` and `create` that say how existing containers are treated. */
export interface RecreateFlags {
  readonly forceRecreate: boolean
  readonly noRecreate: boolean
  readonly alwaysRecreateDeps?: boolean
  readonly renewAnonVolumes?: boolean
}

/** @throws UserError `CONFLICTING_FLAGS` in Docker Compose's words. */
export const checkRecreateFlags = (flags: RecreateFlags): void => {
  if (flags.forceRecreate && flags.noRecreate)
    throw conflict('--force-recreate and --no-recreate are incompatible')
  if (flags.alwaysRecreateDeps && flags.noRecreate)
    throw conflict('--always-recreate-deps and --no-recreate are incompatible')
  if (flags.renewAnonVolumes && flags.noRecreate)
    throw conflict('--no-recreate and --renew-anon-volumes are incompatible')
}

export const recreatePolicy = (
  { forceRecreate, noRecreate, alwaysRecreateDeps, renewAnonVolumes }: RecreateFlags,
  named: readonly string[],
): Policy => {
  if (noRecreate)
    return { ...defaultPolicy, named: new Set(named), recreate: 'never', recreateDependencies: 'never' }
  return {
    ...defaultPolicy,
    named: new Set(named),
    recreate: forceRecreate || renewAnonVolumes ? 'force' : 'diverged',
    recreateDependencies: alwaysRecreateDeps ? 'force' : 'diverged',
    inheritVolumes: !renewAnonVolumes,
  }
}

/** What `--build` and `--no-build` mean. @throws UserError `CONFLICTING_FLAGS` */
export const buildPolicy = (flags: {
  readonly build: boolean
  readonly noBuild: boolean
}): 'always' | 'missing' | 'never' => {
  if (flags.build && flags.noBuild) throw conflict('--build and --no-build are incompatible')
  return flags.build ? 'always' : flags.noBuild ? 'never' : 'missing'
}

/** @throws UserError `INVALID_ARGUMENT` */
export const checkPullPolicy = (policy: string | undefined): void => {
  const known = ['always', 'missing', 'never', 'build', 'if_not_present']
  if (policy !== undefined && policy !== '' && !known.includes(policy))
    throw new UserError('INVALID_ARGUMENT', `invalid --pull option "${policy}"`, {
      hint: 'one of always, missing, never',
    })
}

/** `SERVICE=NUM` texts as a map. @throws UserError `INVALID_ARGUMENT` */
export const parseScale = (given: readonly string[]): Map<string, number> =>
  new Map(
    given.map((text) => {
      const [service = '', count] = text.split('=')
      if (count === undefined)
        throw new UserError('INVALID_ARGUMENT', `invalid --scale option "${text}". Should be SERVICE=NUM`, {
          hint: `for example --scale ${service}=2`,
        })
      if (!/^\d+$/.test(count))
        throw new UserError(
          'INVALID_ARGUMENT',
          `invalid scale specifier: can't parse replica value as int: ${text}`,
          { hint: `for example --scale ${service}=2` },
        )
      return [service, Number(count)]
    }),
  )

/** The flag, or what `COMPOSE_REMOVE_ORPHANS` says when it was not given. */
export const removesOrphans = (
  flag: boolean | undefined,
  env: Readonly<Record<string, string | undefined>>,
): boolean => flag ?? isTrue(env['COMPOSE_REMOVE_ORPHANS'])

/**
 * What happens to orphans when services are converged. `COMPOSE_IGNORE_ORPHANS` silences the warning about them.
 *
 * @throws UserError `CONFLICTING_FLAGS` when they are to be removed and ignored.
 */
export const orphanPolicy = (
  flag: boolean | undefined,
  env: Readonly<Record<string, string | undefined>>,
): Pick<Policy, 'removeOrphans' | 'ignoreOrphans'> => {
  const removeOrphans = removesOrphans(flag, env)
  const ignoreOrphans = isTrue(env['COMPOSE_IGNORE_ORPHANS'])
  if (removeOrphans && ignoreOrphans)
    throw conflict('cannot combine COMPOSE_IGNORE_ORPHANS and --remove-orphans')
  return { removeOrphans, ignoreOrphans }
}

/** Asks whether the data of a volume may be lost; `--yes` answers. */
export const lossApproval =
  ({ yes }: { readonly yes: boolean }, world: World) =>
  (volume: string): Promise<boolean> =>
    yes
      ? Promise.resolve(true)
      : confirm(
          `Volume "${volume}" exists but doesn't match configuration in compose file. Recreate (data will be lost)?`,
          world,
        )
