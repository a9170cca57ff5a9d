import type { Build, Service } from '@container-compose/compose'
import { expect, test } from 'vitest'
import { withBuildSupport } from '../desired/build-support.ts'
import { desire } from '../desired/desire.ts'
import { renderPlan } from '../plan/render-plan.ts'
import { planBuilds, wantedBuilds } from './builds.ts'
import { projectOf } from './states.ts'

const nowhere = { of: () => undefined }
const unnamed = { image: undefined } as unknown as Partial<Service>
const desireOf = (builds: Record<string, Build | undefined>, more: Record<string, Partial<Service>> = {}) => {
  const services = Object.entries(builds).map(([name, build]) => [
    name,
    { ...unnamed, ...(build && { build: { context: '/src', ...build } }), ...more[name] },
  ])
  const project = projectOf(Object.fromEntries(services))
  return withBuildSupport(desire(project, nowhere), { project, locations: nowhere }, { ownEngine: true })
}
const asked = (...services: string[]) => services.map((service) => ({ service, cause: 'asked for' }))
const plan = (builds: Record<string, Build>, ...services: string[]) =>
  planBuilds(desireOf(builds).builds, asked(...services))

test('services that declare the same build share one, which gives all their names', () => {
  const nodes = plan(
    { a: { target: 'x', tags: ['more:1'] }, b: { target: 'x' }, c: { target: 'y' } },
    'a',
    'b',
    'c',
  )
  expect(renderPlan(nodes)).toBe(
    '[] -> #1 image:demo-a image.build: asked for\n[] -> #2 image:demo-c image.build: asked for\n',
  )
  expect(nodes[0]?.operation).toMatchObject({
    services: ['a', 'b'],
    build: {
      tags: ['demo-a', 'more:1', 'demo-b'],
      labels: { 'com.docker.compose.project': 'demo', 'com.docker.compose.service': 'a' },
    },
  })
})

test('builds of other secrets, arguments or labels are others', () => {
  const nodes = plan(
    {
      a: { secrets: [{ source: 'one' }] },
      b: { secrets: [{ source: 'two' }] },
      c: { args: { X: '1' } },
      d: { labels: { l: '1' } },
    },
    ...['a', 'b', 'c', 'd'],
  )
  expect(nodes).toHaveLength(4)
})

test('a build waits for those that it takes from, and brings them along', () => {
  const nodes = plan({ app: { additional_contexts: { base: 'service:zero' } }, zero: {} }, 'app')
  expect(renderPlan(nodes)).toBe(
    '[] -> #1 image:demo-zero image.build: app is made from it\n[1] -> #2 image:demo-app image.build: asked for\n',
  )
  expect(nodes[1]?.operation).toMatchObject({ contextImages: { base: 'demo-zero' } })
})

test('a circle of builds is refused', () => {
  const circle = () =>
    plan(
      { a: { additional_contexts: { x: 'service:b' } }, b: { additional_contexts: { x: 'service:a' } } },
      'a',
    )
  expect(circle).toThrow(expect.objectContaining({ code: 'BUILD_CYCLE' }))
})

test('the command line adds to what the file says', () => {
  const { builds } = desireOf({ a: { args: { A: '1', B: '1' } } })
  const [node] = planBuilds(builds, asked('a'), {
    args: { B: '2' },
    noCache: true,
    memory: 5,
    ssh: { default: '/s' },
  })
  expect(node?.operation).toMatchObject({
    memory: 5,
    build: { args: { A: '1', B: '2' }, noCache: true, pull: false, ssh: { default: '/s' } },
  })
})

test('what is missing is built, all with --build, and what a policy wants', () => {
  const desired = desireOf(
    { a: {}, b: {}, c: {}, image: undefined },
    { b: { pull_policy: 'build' }, image: { image: 'img' } },
  )
  const there = new Map(['demo-b', 'demo-c'].map((name) => [name, { Id: 'sha256:1' }]))
  const wanted = (always: boolean, pull?: string) =>
    wantedBuilds(desired, there, { always, pull }).map(({ service, cause }) => `${service}: ${cause}`)
  expect(wanted(false)).toEqual(['a: image not present', 'b: pull policy build'])
  expect(wanted(true)).toEqual(['a: --build', 'b: --build', 'c: --build'])
  expect(wanted(false, 'missing')).toEqual(['a: image not present'])
})

test.each<[string, Build]>([
  ['privileged', { privileged: true }],
  ['entitlements', { entitlements: ['security.insecure'] }],
  ['isolation', { isolation: 'hyperv' }],
  ['network', { network: 'other' }],
  ['platforms', { platforms: ['linux/amd64', 'linux/arm64'] }],
  ['additional_contexts', { additional_contexts: { x: 'oci-layout:///x' } }],
])('%s is refused where it would be built, not where it is not', (key, build) => {
  const { builds } = desireOf({ a: build, b: {} })
  expect(planBuilds(builds, asked('b'))).toHaveLength(1)
  expect(() => planBuilds(builds, asked('a'))).toThrow(`services.a.build.${key} is not supported`)
})

test('several refusals are told at once', () => {
  const refused = () => plan({ a: { privileged: true }, b: { network: 'other' } }, 'a', 'b')
  expect(refused).toThrow(expect.objectContaining({ errors: [expect.anything(), expect.anything()] }))
})

test('what another engine takes is not refused there, and what only ours has is', () => {
  const build = { network: 'other', secrets: [{ source: 's' }] }
  const project = projectOf({ a: { ...unnamed, build: { context: '/src', ...build } } })
  const { builds } = withBuildSupport(
    desire(project, nowhere),
    { project, locations: nowhere },
    { ownEngine: false },
  )
  expect(() => planBuilds(builds, asked('a'))).toThrow('services.a.build.secrets is not supported')
})

test('hints are told when it is built', () => {
  const [node] = plan({ a: { cache_to: ['x'], cache_from: ['y'] } }, 'a')
  expect(node?.operation).toMatchObject({
    build: {
      hints: ['services.a.build.cache_from has no effect', 'services.a.build.cache_to has no effect'],
    },
  })
})
