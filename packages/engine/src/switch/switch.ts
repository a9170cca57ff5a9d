import type { TapElsewhere } from '@container-compose/native'

/**
 * What the engine asks of its network namespace. The *switch process* (`engine switch`) outlives the engine and reads its
 * whole state from one document that the engine replaces atomically.
 */
export interface Switch {
  /** Whether there is one, also of an earlier engine. */
  exists(): boolean
  /** Starts the switch process when it does not run, and waits until it answers. Called before the first network is made. */
  ensure(): Promise<void>
  /**
   * Makes the namespace be what `state` says: bridges, gateways, isolation, DNS, published ports, egress. Resolves when it is so.
   * Idempotent, serialised. What concerns one published port alone never fails the rest: see `unpublished`.
   */
  apply(state: SwitchState): Promise<SwitchResult>
  /**
   * Makes (or takes again) the endpoint's tap in the switch namespace, on its bridge, with the filter that lets out only the
   * leased MAC and addresses. The caller owns the descriptor, and closes it when QEMU has inherited it.
   */
  openTap(endpoint: SwitchEndpoint): Promise<number>
  /** As `openTap`, with a tap that a machine has open already in a namespace of its own. */
  plugTap(endpoint: SwitchEndpoint, tap: TapElsewhere): Promise<void>
  /** Removes the links of an endpoint. Idempotent. */
  unplug(link: string): Promise<void>
  /** Ends the switch process and removes the namespace with all in it, for good: `ensure` and `apply` reject from here on. */
  destroy(): Promise<void>
}

export interface SwitchState {
  readonly networks: readonly SwitchNetwork[]
  readonly endpoints: readonly SwitchEndpoint[]
  readonly ports: readonly PublishedPort[]
  readonly dns: {
    /** `host:port` of upstream resolvers; empty: those of the host's /etc/resolv.conf. */
    readonly upstream: readonly string[]
  }
  /** `none`: no container reaches anything outside. */
  readonly egress: 'pasta' | 'none'
}

export interface SwitchNetwork {
  readonly id: string
  readonly name: string
  /** Name of the bridge, at most 15 bytes. */
  readonly bridge: string
  readonly subnets: readonly { readonly cidr: string; readonly gateway: string }[]
  /** Reaches nothing outside, not even by DNS. */
  readonly internal: boolean
  readonly mtu: number
}

export interface SwitchEndpoint {
  readonly containerId: string
  readonly networkId: string
  readonly link: string
  readonly bridge: string
  readonly mac: string
  /** Without prefix length. */
  readonly ipv4?: string
  readonly ipv6?: string
  /** Container name, short id, aliases: what resolves to it on this network. Lower case. */
  readonly names: readonly string[]
  /** `host[:port]` of resolvers that this container's questions about outside names go to, in place of `dns.upstream`. */
  readonly upstream?: readonly string[]
  /** Only endpoints of running containers resolve and receive published connections. */
  readonly running: boolean
}

export interface PublishedPort {
  readonly containerId: string
  readonly protocol: 'tcp' | 'udp'
  readonly hostAddress: string
  /** 0: any free one; the result says which. */
  readonly hostPort: number
  /** Last of a range of which any free one will do; equals `hostPort` otherwise. */
  readonly hostPortEnd: number
  readonly containerAddress: string
  readonly containerPort: number
}

export interface SwitchResult {
  /** The ports that are bound, with the host port that was found. Same order as asked, less the failed. */
  readonly published: readonly (PublishedPort & { readonly boundPort: number })[]
  readonly unpublished: readonly {
    readonly port: PublishedPort
    readonly error: 'EADDRINUSE' | 'EADDRNOTAVAIL' | 'EACCES'
  }[]
}
