import { UserError } from '@container-compose/core'
import { nameOf, type PortSummary, runningContainer } from '@container-compose/orchestrator'
import { integer, text } from '../arguments/options.ts'
import { defineCommand } from '../command.ts'
import { openEngine } from '../engine.ts'
import { findTarget } from '../session.ts'

export default defineCommand({
  summary: 'Print the public port for a port binding',
  operands: 'SERVICE PRIVATE_PORT',
  count: { least: 2, most: 2 },
  options: {
    index: integer('--index <number>', 'Index of the container if service has multiple replicas'),
    protocol: text('--protocol <protocol>', 'tcp or udp'),
  },
  async run(invocation) {
    const { options, operands, world } = invocation
    const [service = '', given = ''] = operands
    const [portText = '', protocol = options.protocol ?? 'tcp'] = given.split('/')
    const port = Number(portText)
    const { scope } = await findTarget(invocation, [service])
    const client = await openEngine(invocation)
    const target = { project: scope.project, service }
    const container = await runningContainer(client, target, options.index)
    const found = container.Ports.find(
      ({ PrivatePort, Type }) => PrivatePort === port && Type === protocol.toLowerCase(),
    )
    if (found === undefined) throw noPort(container, `${port}/${protocol}`)
    world.stdout.write(`${renderAddress(found)}\n`)
    return 0
  },
})

const renderAddress = ({ IP = '', PublicPort = 0 }: PortSummary): string =>
  `${IP.includes(':') ? `[${IP}]` : IP}:${PublicPort}`

const noPort = (
  container: { readonly Names: readonly string[]; readonly Ports: readonly PortSummary[] },
  wanted: string,
): UserError => {
  const published = container.Ports.map(({ PublicPort = 0, Type }) => `${PublicPort}/${Type}`)
  return new UserError(
    'NO_PORT',
    `no port ${wanted} for container ${nameOf(container)}: ${[...new Set(published)].join(', ')}`,
    { hint: 'add it to the `ports` of the service' },
  )
}
