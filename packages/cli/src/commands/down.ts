import { UserError } from '@container-compose/core'
import { type DownOptions, down, imageOf, networkName, volumeName } from '@container-compose/orchestrator'
import { flag, integer, text } from '../arguments/options.ts'
import { defineCommand } from '../command.ts'
import { findTarget, type Target, withProgress } from '../session.ts'
import { removeOrphansFlag, removesOrphans } from './up-options.ts'

export default defineCommand({
  summary: 'Stop and remove containers, networks',
  operands: '[SERVICES]',
  options: {
    removeOrphans: removeOrphansFlag,
    rmi: text('--rmi <type>', 'Remove images used by services ("local"|"all")'),
    timeout: integer('-t, --timeout <seconds>', 'Specify a shutdown timeout in seconds'),
    volumes: flag(
      '-v, --volumes',
      'Remove named volumes declared in the "volumes" section of the Compose file and anonymous volumes attached to containers',
    ),
    volume: flag('--volume', 'Deprecated form of --volumes', { hidden: true }),
  },
  async run(invocation) {
    const { options, operands, world } = invocation
    if (options.rmi !== undefined && !['', 'all', 'local'].includes(options.rmi))
      throw new UserError('INVALID_ARGUMENT', `invalid value for --rmi: "${options.rmi}"`, {
        hint: 'all or local',
      })
    const target = await findTarget(invocation, operands)
    const owned = ownedResources(target)
    const downOptions: DownOptions = {
      removeOrphans: removesOrphans(options.removeOrphans, target.loaded?.project.environment ?? world.env),
      removeVolumes: options.volumes || options.volume,
      images: imagesOf(target, options.rmi),
      timeoutSeconds: options.timeout,
      disabled: new Set(Object.keys(target.loaded?.project.disabledServices ?? {})),
      ...(owned === undefined ? {} : { owned }),
    }
    const { project } = target.scope
    return withProgress(invocation, { title: 'Running', project }, async (context) => {
      const found = await down(context, target.scope, downOptions)
      if (!found && target.loaded === undefined)
        context.emit({
          type: 'warning',
          message: `Warning: No resource found to remove for project "${project}".`,
        })
      return 0
    })
  },
})

/** External networks and volumes are never removed. */
const ownedResources = ({ loaded }: Target): DownOptions['owned'] => {
  if (loaded === undefined) return undefined
  const { project } = loaded
  const owned = (resources: Readonly<Record<string, { readonly external?: boolean }>>) =>
    Object.keys(resources).filter((key) => resources[key]?.external !== true)
  return {
    networks: new Set(owned(project.networks).map((key) => networkName(project, key))),
    volumes: new Set(owned(project.volumes).map((key) => volumeName(project, key))),
  }
}

const imagesOf = ({ loaded }: Target, rmi: string | undefined): string[] => {
  if (!rmi || loaded === undefined) return []
  const { project } = loaded
  const services = Object.entries(project.services).filter(
    ([, { image }]) => rmi === 'all' || image === undefined,
  )
  return [...new Set(services.map(([name]) => imageOf(project, name)))]
}
