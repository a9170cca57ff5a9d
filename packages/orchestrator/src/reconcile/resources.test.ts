import { expect, test } from 'vitest'
import { risks } from '../plan/operation.ts'
import { renderPlan } from '../plan/render-plan.ts'
import { defaultPolicy, type Policy } from './policy.ts'
import { reconcile } from './reconcile.ts'
import { desireOf, nothing, projectOf, upToDate } from './states.ts'

const planText = (
  desired: Parameters<typeof reconcile>[0],
  observed: Parameters<typeof reconcile>[1],
  policy: Partial<Policy> = {},
): string => renderPlan(reconcile(desired, observed, { ...defaultPolicy, ...policy }).plan)

const web = desireOf(projectOf({ web: {} }))

test('a changed network is made again, and its containers with it', () => {
  const desired = desireOf(
    projectOf({ web: {} }, { networks: { default: { name: 'demo_default', ipam: {}, internal: true } } }),
  )
  expect(planText(desired, upToDate(web, {}))).toBe(
    `\
[] -> #1 service:web:1 container.stop: configuration of network default changed
[1] -> #2 network:default network.disconnect: demo-web-1 is on it
[2] -> #3 network:default network.remove: configuration of network default changed
[3] -> #4 network:default network.create: configuration of network default changed
[4] -> #5 service:web:1 container.create: demo_default is made again
[1,5] -> #6 service:web:1 container.remove: replaced by #5
[6] -> #7 service:web:1 container.rename: takes the place of web100000000
[1-7] -> #8 service:web:1 container.start: created
`,
  )
})

const withVolume = (labels: Record<string, string>) =>
  desireOf(
    projectOf(
      { db: { volumes: [{ type: 'volume', source: 'data', target: '/data' }] } },
      { volumes: { data: { name: 'demo_data', labels } } },
    ),
  )

test('making a volume again is marked as a loss of data, and left when that is refused', () => {
  const observed = upToDate(withVolume({}))
  const desired = withVolume({ new: 'label' })
  const { plan } = reconcile(desired, observed, defaultPolicy)
  expect(risks(plan)).toMatchObject([{ kind: 'volume.remove', name: 'demo_data' }])
  expect(renderPlan(plan)).toBe(
    `\
[] -> #1 service:db:1 container.stop: configuration of volume data changed
[1] -> #2 service:db:1 container.remove: configuration of volume data changed
[2] -> #3 volume:data volume.remove: configuration of volume data changed (its data is lost)
[3] -> #4 volume:data volume.create: configuration of volume data changed
[4] -> #5 service:db:1 container.create: demo_data is made again
[1-5] -> #6 service:db:1 container.start: created
`,
  )
  expect(planText(desired, observed, { keepVolumes: new Set(['demo_data']) })).toBe('')
})

test('external networks and volumes are never made, and missed with a code each', () => {
  const network = desireOf(
    projectOf({ web: {} }, { networks: { default: { name: 'lan', ipam: {}, external: true } } }),
  )
  expect(() => planText(network, nothing)).toThrow(expect.objectContaining({ code: 'EXTERNAL_NETWORK' }))
  const volume = desireOf(projectOf({ web: {} }, { volumes: { data: { name: 'disk', external: true } } }))
  expect(() => planText(volume, nothing)).toThrow(expect.objectContaining({ code: 'EXTERNAL_VOLUME' }))
})

test('networks and volumes of others are used with a warning, one of another key is refused', () => {
  const network = (labels: Record<string, string>) => ({
    ...nothing,
    networks: new Map([['demo_default', [{ Id: 'n', Name: 'demo_default', Labels: labels }]]]),
  })
  const warningsFor = (labels: Record<string, string>) =>
    reconcile(web, network(labels), defaultPolicy).warnings
  expect(warningsFor({})[0]).toMatch(/exists but was not created by compose/)
  expect(warningsFor({ 'com.docker.compose.project': 'b' })[0]).toMatch(/was not created for project "demo"/)
  expect(() => reconcile(web, network({ 'com.docker.compose.project': 'demo' }), defaultPolicy)).toThrow(
    expect.objectContaining({ code: 'NETWORK_LABEL' }),
  )
})
