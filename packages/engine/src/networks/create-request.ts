import { ApiError, badParameter, notFound } from '../api/errors.ts'
import type { Shape } from '../api/shape.ts'

/** The body of `POST /networks/create`. */
export interface NetworkRequest {
  readonly name: string
  readonly internal: boolean
  readonly attachable: boolean
  readonly enableIpv4: boolean
  readonly enableIpv6: boolean
  readonly options: Readonly<Record<string, string>>
  readonly labels: Readonly<Record<string, string>>
  readonly ipamOptions: Readonly<Record<string, string>>
  readonly subnets: readonly {
    readonly subnet: string
    readonly gateway?: string
    readonly ipRange?: string
    readonly auxAddresses?: Readonly<Record<string, string>>
  }[]
  readonly mtu: number
}

const defaultMtu = 1500

/** Options of Docker's bridge driver that name what every network of ours does anyway. */
const harmlessOptions: Readonly<Record<string, readonly string[]>> = {
  'com.docker.network.bridge.enable_icc': ['true', '1'],
  'com.docker.network.bridge.enable_ip_masquerade': ['true', '1'],
  'com.docker.network.bridge.default_bridge': ['true', 'false'],
}

/**
 * Reads a request to create a network.
 *
 * @throws ApiError 400 for what makes no sense or can't be honoured, 404 for drivers that are not there, in dockerd's words.
 */
export const parseNetworkRequest = (shape: Shape): NetworkRequest => {
  const name = shape.text('Name')
  if (name === '' || /^\s|\s$/.test(name)) throw badParameter('invalid network name: name is empty')
  const driver = shape.text('Driver') || 'bridge'
  if (driver === 'host' || driver === 'null')
    throw new ApiError(403, `only one instance of "${driver}" network is allowed`)
  if (driver !== 'bridge') throw notFound(`plugin "${driver}" not found`)
  const ipam = shape.shape('IPAM')
  const ipamDriver = ipam.text('Driver') || 'default'
  if (ipamDriver !== 'default') throw notFound(`plugin "${ipamDriver}" not found`)
  const enableIpv4 = shape.raw('EnableIPv4') === undefined || shape.flag('EnableIPv4')
  const options = shape.textRecord('Options')
  return {
    name,
    internal: shape.flag('Internal'),
    attachable: shape.flag('Attachable'),
    enableIpv4,
    enableIpv6: shape.flag('EnableIPv6'),
    options,
    labels: shape.textRecord('Labels'),
    ipamOptions: ipam.textRecord('Options'),
    subnets: ipam.shapes('Config').flatMap((config) => {
      const [subnet, gateway, ipRange] = [
        config.text('Subnet'),
        config.text('Gateway'),
        config.text('IPRange'),
      ]
      const auxAddresses = config.textRecord('AuxiliaryAddresses')
      // compose sends an entry of its own for a gateway without subnet, and Docker refuses that too.
      if (subnet === '' && gateway === '' && ipRange === '') return []
      if (subnet === '') throw badParameter('invalid network config:\ninvalid subnet : it must not be empty')
      return [
        {
          subnet,
          ...(gateway !== '' && { gateway }),
          ...(ipRange !== '' && { ipRange }),
          ...(Object.keys(auxAddresses).length > 0 && { auxAddresses }),
        },
      ]
    }),
    mtu: checkOptions(options),
  }
}

const checkOptions = (options: Readonly<Record<string, string>>): number => {
  let mtu = defaultMtu
  for (const [name, value] of Object.entries(options)) {
    if (name === 'com.docker.network.driver.mtu') {
      mtu = Number(value)
      if (!Number.isInteger(mtu) || mtu < 576 || mtu > 65535) throw badParameter(`invalid MTU: ${value}`)
    } else if (!harmlessOptions[name]?.includes(value.toLowerCase()))
      throw badParameter(`network option ${name}=${value} is not supported`)
  }
  return mtu
}
