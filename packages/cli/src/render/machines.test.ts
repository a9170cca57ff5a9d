import type { ContainerDetails, ContainerSummary } from '@container-compose/orchestrator'
import { expect, test } from 'vitest'
import { machineOf, renderMachines } from './machines.ts'

const summary = {
  Names: ['/demo-web-1'],
  Labels: { 'com.docker.compose.service': 'web' },
  Status: 'Up 5 seconds (healthy)',
} as unknown as ContainerSummary

const details = (change: object): ContainerDetails =>
  ({ HostConfig: {}, NetworkSettings: {}, ...change }) as unknown as ContainerDetails

test('a machine with its addresses, limits and start time', () => {
  const machine = machineOf(
    summary,
    details({
      HostConfig: { NanoCpus: 500_000_000, Memory: 268_435_456 },
      NetworkSettings: { Networks: { b: { IPAddress: '10.0.1.2' }, a: { IPAddress: '10.0.0.2' } } },
      Machine: { Runtime: 'vm', Acceleration: 'tcg', StartedInMs: 312.4, Pid: 7 },
    }),
  )
  expect(renderMachines([machine])).toBe(
    `\
NAME        SERVICE  ADDRESS             RUNTIME   CPUS  MEMORY   STARTED IN  STATE
demo-web-1  web      10.0.0.2, 10.0.1.2  vm (tcg)  0.5   256 MiB  312 ms      healthy
`,
  )
})

test('what the engine does not tell is a dash in the table and null in its twin', () => {
  const machine = machineOf(summary, details({}))
  expect(machine).toMatchObject({ runtime: null, startedInMs: null, cpus: null, addresses: [] })
  expect(renderMachines([machine]).split('\n')[1]).toMatch(/^demo-web-1 +web +- +- +- +- +- +healthy/)
})
