import type { DocumentFormat } from '../store/document.ts'

/** One subnet of a network, in the form of Docker's `IPAM.Config`; the gateway is always decided. */
export interface SubnetConfig {
  readonly subnet: string
  readonly gateway: string
  readonly ipRange?: string
  readonly auxAddresses?: Readonly<Record<string, string>>
}

/** What is on disk of a network. */
export interface NetworkDocument {
  readonly id: string
  readonly name: string
  /** Milliseconds since the epoch. */
  readonly created: number
  /** `host` and `none` are there because clients expect to see them. */
  readonly driver: 'bridge' | 'host' | 'null'
  /** Made by the engine and not removable. */
  readonly predefined: boolean
  readonly internal: boolean
  readonly attachable: boolean
  readonly enableIpv4: boolean
  readonly enableIpv6: boolean
  readonly options: Readonly<Record<string, string>>
  readonly labels: Readonly<Record<string, string>>
  readonly ipamOptions: Readonly<Record<string, string>>
  readonly subnets: readonly SubnetConfig[]
  readonly mtu: number
}

export const networkFormat: DocumentFormat<NetworkDocument> = {
  version: 1,
  decode: (value) => {
    for (const name of ['id', 'name', 'driver'])
      if (typeof value[name] !== 'string') throw new Error(`has no ${name}`)
    if (!Array.isArray(value['subnets'])) throw new Error('has no subnets')
    return value as unknown as NetworkDocument
  },
}

/** The network of containers that name none; names of containers do not resolve in it, as in Docker's. */
export const defaultNetwork = 'bridge'
