import type { Service } from '@container-compose/compose'
import { expect, test } from 'vitest'
import { defaultPolicy } from '../reconcile/policy.ts'
import { reconcile } from '../reconcile/reconcile.ts'
import { desireOf, nothing as nothingThere, projectOf, upToDate } from '../reconcile/states.ts'
import { projectForRun, type RunOverrides, withOneOff } from './one-off.ts'

const nothing: RunOverrides = {
  ...{ command: [], tty: false, stdinOpen: true, environment: {}, labels: {} },
  ...{ capAdd: [], capDrop: [], volumes: [], ports: [], servicePorts: false },
}
const oneOff = {
  ...{ name: 'demo-web-run-abc', slug: 'abc', autoRemove: true, attachStdin: true, useAliases: false },
}
const desiredFor = (service: Partial<Service>, overrides: Partial<RunOverrides> = {}) => {
  const project = projectForRun(projectOf({ web: service }), 'web', { ...nothing, ...overrides })
  return withOneOff(desireOf(project), 'web', oneOff)
}
const bodyFor = (service: Partial<Service>, overrides: Partial<RunOverrides> = {}) => {
  const { plan } = reconcile(desiredFor(service, overrides), nothingThere, defaultPolicy)
  const created = plan.map(({ operation }) => operation).find(({ kind }) => kind === 'container.create')
  if (created?.kind !== 'container.create') throw new Error('nothing is created')
  return created.body
}

test('nothing is published or started again, and it has labels and names of its own', () => {
  const body = bodyFor({
    ports: [{ target: 80, published: '8080' }],
    restart: 'always',
    deploy: { restart_policy: { condition: 'any' }, replicas: 3, resources: {}, placement: {} },
    container_name: 'fixed',
  })
  expect(body.HostConfig).toMatchObject({ RestartPolicy: { Name: '' }, AutoRemove: true })
  expect(body.HostConfig).not.toHaveProperty('PortBindings')
  expect(body['NetworkingConfig']).toEqual({
    EndpointsConfig: { demo_default: { Aliases: ['demo-web-run-abc'] } },
  })
  expect(body.Labels).toMatchObject({ 'com.docker.compose.oneoff': 'True', 'com.docker.compose.slug': 'abc' })
  expect(body.Labels).not.toHaveProperty('com.docker.compose.container-number')
  expect(body).toMatchObject({ AttachStdin: true, StdinOnce: true, OpenStdin: true })
})

test('another entrypoint takes the command away, flags win over the service', () => {
  const service = {
    ...{ entrypoint: ['a'], command: ['b'], user: 'u', environment: { A: '1', B: '2' } },
    volumes: [
      { type: 'volume', source: 'v', target: '/v' },
      { type: 'volume', source: 'w', target: '/w' },
    ],
  } as const
  expect(bodyFor(service)).toMatchObject({ Entrypoint: ['a'], Cmd: ['b'], User: 'u' })
  expect(bodyFor(service, { command: ['c'] })).toMatchObject({ Entrypoint: ['a'], Cmd: ['c'] })
  const mount = { type: 'bind', source: '/host', target: '/v' } as const
  const body = bodyFor(service, { entrypoint: ['e'], environment: { A: '3' }, user: 'w', volumes: [mount] })
  expect(body).toMatchObject({ Entrypoint: ['e'], User: 'w', Env: ['A=3', 'B=2'] })
  expect(body['Cmd'] ?? []).toEqual([])
  expect(JSON.stringify(body.HostConfig)).toContain('/host:/v')
  expect(JSON.stringify(body.HostConfig)).not.toContain('v:/v:')
})

test('containers that the service has already are left alone', () => {
  const { plan } = reconcile(
    desiredFor({ image: 'other' }),
    upToDate(desireOf(projectOf({ web: {} }))),
    defaultPolicy,
  )
  expect(plan.map(({ operation }) => operation.kind)).toEqual(['container.create', 'container.start'])
})
