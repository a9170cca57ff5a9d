import { bridgeName, formatInterface, linkName, parseIp, parseSubnet } from '@container-compose/net'
import { primaryFirst } from '../networks/primary.ts'
import type { DiskMount } from '../runtime/host-mounts.ts'
import type { Bundle, Endpoint, ImageRoot } from '../runtime/runtime.ts'
import type { Container } from './container.ts'
import type { ContainerContext } from './context.ts'
import { etcFiles } from './etc-files.ts'
import { hostMounts } from './host-mounts.ts'
import type { Attachment, ContainerDocument } from './model.ts'
import { ociSpec } from './spec.ts'

/** All that a runtime is given of a container, from its document as it is now: with leases, when they have been made. */
export const bundleOf = (
  context: Pick<ContainerContext, 'networks' | 'containers' | 'hostGateway' | 'guestMemory' | 'engineSocket'>,
  container: Container,
  image: ImageRoot,
): Bundle => {
  const { document, dir, runDir } = container
  const endpoints = endpointsFor(context, document)
  return {
    ...{ id: document.id, name: document.name, dir, runDir, image, endpoints },
    spec: ociSpec(document),
    hostMounts: hostMounts(context, document),
    diskMounts: diskMounts(document),
    init: document.hostConfig.Init,
    openStdin: document.config.OpenStdin,
    stdinOnce: document.config.StdinOnce,
    etcFiles: etcFiles(document, {
      addresses: endpoints.flatMap(({ ipv4, ipv6 }) =>
        [ipv4, ipv6].flatMap((address) => (address === undefined ? [] : [address.split('/', 1)[0] ?? ''])),
      ),
      hostGateway: context.hostGateway(),
      linked: linkedAddresses(context, document),
    }),
    privileged: document.hostConfig.Privileged,
    guestMemory: guestMemory(document, context.guestMemory),
  }
}

const guestMemory = ({ config }: ContainerDocument, absent: 'cow' | 'own'): 'cow' | 'own' => {
  const label = config.Labels['container-compose.memory']
  return label === 'cow' || label === 'own' ? label : absent
}

const endpointsFor = (
  { networks }: Pick<ContainerContext, 'networks'>,
  document: ContainerDocument,
): Endpoint[] => {
  const joined = Object.values(document.networks).flatMap((attachment) => {
    const network = networks.find(attachment.networkId)
    return network === undefined ? [] : [{ network, attachment }]
  })
  return primaryFirst(joined).flatMap(({ network, attachment }) => {
    const { lease } = attachment
    if (lease === undefined) return []
    const addressing: Record<string, string> = {}
    for (const { subnet, gateway } of network.subnets) {
      const cidr = parseSubnet(subnet)
      const key = cidr.network.family === 4 ? 'ipv4' : 'ipv6'
      const address = parseIp(lease[key] ?? '')
      if (address === undefined) continue
      addressing[key] = formatInterface(address, cidr)
      addressing[`${key}Gateway`] = gateway
    }
    return [
      {
        networkId: network.id,
        link: linkName(document.id, network.id),
        bridge: bridgeName(network.id),
        mac: lease.mac,
        mtu: network.mtu,
        ...addressing,
      },
    ]
  })
}

const diskMounts = ({ mounts }: ContainerDocument): DiskMount[] =>
  mounts.flatMap((mount) =>
    mount.type === 'volume' && mount.isDisk
      ? [
          {
            volume: mount.name,
            file: mount.source,
            target: mount.destination,
            readOnly: mount.readOnly,
            ...(mount.subpath !== undefined && { subpath: mount.subpath }),
          },
        ]
      : [],
  )

/** Addresses of the running containers that legacy links name (`container:alias`). */
const linkedAddresses = (
  { containers }: Pick<ContainerContext, 'containers'>,
  document: ContainerDocument,
): { address: string; name: string }[] =>
  Object.values(document.networks).flatMap((attachment: Attachment) =>
    attachment.links.flatMap((link) => {
      const [reference = '', name = reference] = link.split(':', 2)
      const other = Object.values(containers.find(reference)?.document.networks ?? {}).find(
        ({ networkId }) => networkId === attachment.networkId,
      )
      return other?.lease?.ipv4 === undefined ? [] : [{ address: other.lease.ipv4, name }]
    }),
  )
