import { expect, test } from 'vitest'
import { label } from '../labels.ts'
import type { ObservedContainer } from '../observed/observed-state.ts'
import { renderPlan } from '../plan/render-plan.ts'
import { planStartOfExisting } from './start-existing.ts'

const container = (service: string, needs = '', state = 'exited'): ObservedContainer =>
  ({
    id: service,
    name: `demo-${service}-1`,
    service,
    number: 1,
    state,
    oneOff: false,
    labels: { [label.dependsOn]: needs },
    networks: {},
    mounts: [],
  }) as unknown as ObservedContainer

const planText = (...containers: ObservedContainer[]): string =>
  renderPlan(planStartOfExisting(containers, new Set(containers.map(({ service }) => service))))

test('containers start behind the conditions of their labels', () => {
  expect(
    planText(
      container('web', 'db:service_healthy:false,job:service_completed_successfully:false'),
      container('db'),
      container('job', 'db:service_started:false'),
    ),
  ).toBe(`\
[] -> #1 service:db:1 container.start: exited
[1] -> #2 service:job:1 container.start: exited
[1] -> #3 service:db:1 container.await: service_healthy
[2] -> #4 service:job:1 container.await: service_completed_successfully
[3,4] -> #5 service:web:1 container.start: exited
`)
})

test('what runs is not started, and is waited for all the same', () => {
  expect(
    planText(container('web', 'db:service_healthy:false', 'created'), container('db', '', 'running')),
  ).toBe(`\
[] -> #1 service:db:1 container.await: service_healthy
[1] -> #2 service:web:1 container.start: created
`)
})

test('labels that claim a cycle start everything all the same', () => {
  const plan = planText(container('a', 'b:service_started:false'), container('b', 'a:service_started:false'))
  expect(plan.match(/container\.start/g)).toHaveLength(2)
})
