import { randomBytes } from 'node:crypto'
import { rmSync } from 'node:fs'
import { planPublishedPorts } from '@container-compose/net'
import { badParameter, notFound } from '../api/errors.ts'
import { defaultNetwork } from '../networks/model.ts'
import { makeFolder } from '../store/document.ts'
import { checkRequest } from './check-request.ts'
import { Container } from './container.ts'
import { publish } from './container-events.ts'
import type { ContainerContext } from './context.ts'
import type { AttachmentRequest, CreateRequest } from './create-request.ts'
import { mergeImage } from './merge-image.ts'
import type { Attachment, ContainerDocument, ContainerState } from './model.ts'
import { randomName } from './names.ts'
import { resolveMounts } from './resolve-mounts.ts'
import { ociSpec } from './spec.ts'
import { socketWarnings } from './unreachable-sockets.ts'
import { refuseUnsupported } from './unsupported.ts'

/**
 * Makes a container: checked, written, not started. Nothing of it is left when that fails.
 *
 * @throws ApiError in dockerd's words.
 */
export const createContainer = async (
  context: ContainerContext,
  request: CreateRequest,
  options: { readonly name: string | undefined },
): Promise<{ readonly container: Container; readonly warnings: readonly string[] }> => {
  const { images, containers, clock, runtimes } = context
  const image = await images.find(request.config.Image)
  if (image === undefined) throw notFound(`No such image: ${withTag(request.config.Image)}`)
  const runtime = runtimes.choose(request.hostConfig.Runtime).name
  const id = randomBytes(32).toString('hex')
  const merged = mergeImage(request.config, image.config.config)
  const config = { ...merged, Hostname: merged.Hostname || id.slice(0, 12) }
  const hostConfig = {
    ...request.hostConfig,
    Runtime: runtime,
    NetworkMode: networkMode(request.hostConfig.NetworkMode),
  }
  checkRequest({ config, hostConfig })
  refuseUnsupported(hostConfig, runtime)
  portPlans({ config, hostConfig })
  ociSpec({ config, hostConfig, mounts: [] })

  const networks = attachments(context, hostConfig.NetworkMode, request.attachments)
  const name = options.name?.replace(/^\//, '') ?? randomName((free) => containers.isNameFree(free))
  containers.reserveName(name, id)
  const container = new Container(
    {
      ...{ id, name, runtime, config, hostConfig, networks },
      created: clock.now(),
      imageId: image.id,
      platform: image.config.os,
      mounts: [],
      state: initialState,
    },
    context.folders,
  )
  try {
    makeFolder(container.dir)
    const mounts = await resolveMounts(context, container.document)
    container.update({ mounts }, { durable: true })
  } catch (error) {
    rmSync(container.dir, { recursive: true, force: true })
    containers.releaseName(name, id)
    throw error
  }
  containers.add(container)
  publish(context, container, 'create')
  prepareStart(context, container.document)
  return { container, warnings: warningsOf(context, container.document) }
}

/** What a start needs and others share is made while the client still thinks; a fault shows when the container is started. */
const prepareStart = ({ images, runtimes, log }: ContainerContext, document: ContainerDocument): void => {
  for (const work of [runtimes.get(document.runtime).prepare(), images.root(document.imageId)])
    work.catch((error: unknown) => log.warn({ err: error }, 'preparing a start failed'))
}

const initialState: ContainerState = {
  status: 'created',
  run: 0,
  pid: 0,
  exitCode: 0,
  oomKilled: false,
  error: '',
  startedAt: 0,
  finishedAt: 0,
  restartCount: 0,
  stoppedByUser: false,
  published: [],
}

const withTag = (reference: string): string =>
  /(:[^/]*|@.*)$/.test(reference) || reference === '' ? reference : `${reference}:latest`

const networkMode = (mode: string): string => (mode === '' || mode === 'default' ? defaultNetwork : mode)

/** The listeners that a container wants. @throws ApiError 400 */
export const portPlans = ({ config, hostConfig }: Pick<ContainerDocument, 'config' | 'hostConfig'>) => {
  try {
    return planPublishedPorts({
      bindings: hostConfig.PortBindings,
      exposed: Object.keys(config.ExposedPorts),
      publishAll: hostConfig.PublishAllPorts,
    })
  } catch (error) {
    throw badParameter((error as Error).message)
  }
}

const attachments = (
  { networks }: Pick<ContainerContext, 'networks'>,
  mode: string,
  requests: readonly AttachmentRequest[],
): Record<string, Attachment> => {
  if (mode === 'none') return {}
  const named = requests.map((request) => ({ ...request, network: networkMode(request.network) }))
  const first = networks.get(mode)
  const isFirst = (request: AttachmentRequest) => networks.get(request.network).id === first.id
  const all = named.some(isFirst) ? named : [plainAttachment(mode), ...named]
  return Object.fromEntries(
    [...all.filter(isFirst), ...all.filter((request) => !isFirst(request))].map((request) => {
      const network = networks.get(request.network)
      return [network.name, newAttachment(network.id, request)]
    }),
  )
}

const plainAttachment = (network: string): AttachmentRequest => ({
  network,
  aliases: [],
  links: [],
  gwPriority: 0,
  driverOpts: {},
})

/** A container's part in a network before it has a lease. */
export const newAttachment = (
  networkId: string,
  { network: _name, ...request }: AttachmentRequest,
): Attachment => ({
  networkId,
  ...request,
  endpointId: randomBytes(32).toString('hex'),
})

const warningsOf = ({ networks }: ContainerContext, document: ContainerDocument): string[] => {
  const joined = Object.values(document.networks).map(({ networkId }) => networks.find(networkId))
  const allInternal = joined.every((network) => network?.internal)
  const discarded =
    portPlans(document).length > 0 && allInternal
      ? ['Published ports are discarded: the container has no network that reaches outside']
      : []
  return [...discarded, ...socketWarnings(document.mounts)]
}
