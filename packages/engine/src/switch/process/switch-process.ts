import type { SwitchPaths } from '../paths.ts'
import type { SwitchResult, SwitchState } from '../switch.ts'
import { reconcileBridges } from './bridges.ts'
import { DnsServers } from './dns-servers.ts'
import { Egress } from './egress.ts'
import { ensureNamespace } from './namespace.ts'
import { loadRuleset } from './nft.ts'
import { PublishedPorts } from './published-ports.ts'
import { ruleset } from './ruleset.ts'

/** The namespace and all that serves it. Calls of `apply` are made one after the other. */
export class SwitchProcess {
  readonly #paths: SwitchPaths
  readonly #egress: Egress
  readonly #dns: DnsServers
  readonly #ports: PublishedPorts
  #rules = ''
  #line: Promise<unknown> = Promise.resolve()

  static async open(paths: SwitchPaths, log: (message: string) => void): Promise<SwitchProcess> {
    await ensureNamespace(paths.netns)
    return new SwitchProcess(paths, log)
  }

  private constructor(paths: SwitchPaths, log: (message: string) => void) {
    this.#paths = paths
    this.#egress = new Egress(paths, log)
    this.#dns = new DnsServers(paths.netns, log)
    this.#ports = new PublishedPorts(paths)
  }

  apply(state: SwitchState): Promise<SwitchResult> {
    const result = this.#line.then(() => this.#apply(state))
    this.#line = result.catch(() => {})
    return result
  }

  /** Lets go of sockets, listeners and egress. The namespace stays. */
  async close(): Promise<void> {
    await this.#line
    await Promise.all([this.#ports.close(), this.#dns.close(), this.#egress.stop()])
  }

  async #apply(state: SwitchState): Promise<SwitchResult> {
    const rules = this.#applyRules(ruleset(state))
    // A namespace without any rules would let everything pass; later ones replace rules that drop what they do not know.
    if (this.#rules === '') await rules
    const ports = this.#ports.apply(state)
    const names = reconcileBridges(this.#paths.netns, state.networks).then(() => this.#dns.apply(state))
    // All of them have ended before the next state comes, also when one fails.
    const outcomes = await Promise.allSettled([rules, ports, names, this.#applyEgress(state)])
    for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason
    return ports
  }

  async #applyRules(rules: string): Promise<void> {
    if (rules === this.#rules) return
    await loadRuleset(this.#paths.netns, rules)
    this.#rules = rules
  }

  /** Waits for the way out only when somebody might take it: making a network is quick. */
  async #applyEgress({ egress, networks, endpoints }: SwitchState): Promise<void> {
    const open = new Set(networks.filter(({ internal }) => !internal).map(({ id }) => id))
    if (egress === 'none') return this.#egress.stop()
    if (open.size === 0) return
    const started = this.#egress.start()
    if (endpoints.some(({ running, networkId }) => running && open.has(networkId))) await started
  }
}
