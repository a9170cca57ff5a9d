import { expect, test } from 'vitest'
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
const pair = desireOf(
  projectOf({
    web: { depends_on: { db: { condition: 'service_healthy', required: true } } },
    db: { healthcheck: { test: ['CMD', 'true'] } },
  }),
)

test('an unchanged project gives an empty plan', () => {
  expect(planText(web, upToDate(web))).toBe('')
  expect(reconcile(web, upToDate(web), defaultPolicy).unchanged).toEqual(['demo-web-1'])
})

test('from nothing: networks, then containers, then starts', () => {
  expect(planText(web, nothing)).toBe(
    `\
[] -> #1 network:default network.create: not found
[1] -> #2 service:web:1 container.create: no container
[1,2] -> #3 service:web:1 container.start: created
`,
  )
})

test('a named volume is made before the container that uses it', () => {
  const desired = desireOf(
    projectOf(
      { db: { volumes: [{ type: 'volume', source: 'data', target: '/data' }] } },
      { volumes: { data: { name: 'demo_data' } } },
    ),
  )
  expect(planText(desired, nothing)).toBe(
    `\
[] -> #1 network:default network.create: not found
[] -> #2 volume:data volume.create: not found
[1,2] -> #3 service:db:1 container.create: no container
[1-3] -> #4 service:db:1 container.start: created
`,
  )
})

test('containers are created side by side, and started behind the health of what they need', () => {
  expect(planText(pair, nothing)).toBe(
    `\
[] -> #1 network:default network.create: not found
[1] -> #2 service:db:1 container.create: no container
[1] -> #3 service:web:1 container.create: no container
[1-3] -> #4 service:db:1 container.start: created
[4] -> #5 service:db:1 container.await: service_healthy
[1-3,5] -> #6 service:web:1 container.start: created
`,
  )
})

test('nobody waits for what is healthy already, and everybody for what is not yet', () => {
  expect(planText(pair, upToDate(pair, { 'demo-db-1': { health: 'healthy' } }))).toBe('')
  expect(planText(pair, upToDate(pair, { 'demo-db-1': { health: 'unhealthy' } }))).toBe(
    '[] -> #1 service:db:1 container.await: service_healthy\n',
  )
})

test('without dependencies no condition counts', () => {
  expect(planText(pair, nothing, { dependencies: false })).not.toContain('container.await')
})

test('one await serves all dependents of a container', () => {
  const needsDb = { depends_on: { db: { condition: 'service_healthy', required: true } } } as const
  const desired = desireOf(projectOf({ a: needsDb, b: needsDb, db: {} }))
  expect(planText(desired, nothing).match(/container\.await/g)).toHaveLength(1)
})

test('a stopped container is started, one that ended too', () => {
  expect(planText(web, upToDate(web, { 'demo-web-1': { state: 'exited' } }))).toBe(
    '[] -> #1 service:web:1 container.start: exited\n',
  )
})

test('a finished job runs again before its dependents are served', () => {
  const desired = desireOf(
    projectOf({
      web: { depends_on: { job: { condition: 'service_completed_successfully', required: true } } },
      job: {},
    }),
  )
  expect(planText(desired, upToDate(desired, { 'demo-job-1': { state: 'exited' } }))).toBe(
    `\
[] -> #1 service:job:1 container.start: exited
[1] -> #2 service:job:1 container.await: service_completed_successfully
`,
  )
})

test('a changed configuration replaces the container: new beside old, then the name moves', () => {
  const observed = upToDate(web, { 'demo-web-1': { configHash: 'old' } })
  expect(planText(web, observed)).toBe(
    `\
[] -> #1 service:web:1 container.create: config hash changed
[1] -> #2 service:web:1 container.stop: replaced by #1
[1,2] -> #3 service:web:1 container.remove: replaced by #1
[3] -> #4 service:web:1 container.rename: takes the place of web100000000
[1-4] -> #5 service:web:1 container.start: created
`,
  )
  const [created] = reconcile(web, observed, defaultPolicy).plan
  expect(created?.operation).toMatchObject({
    name: 'web100000000_demo-web-1',
    body: { Labels: { 'com.docker.compose.replace': 'web-1', 'com.docker.compose.container-number': '1' } },
  })
})

test('what an interrupted replacement has left takes its place', () => {
  const whole = upToDate(web)
  const [current] = whole.containers
  if (current === undefined) throw new Error('no container')
  const left = { ...current, id: 'f'.repeat(64), name: '0123456789ab_demo-web-1', state: 'created' }
  const beside = { ...whole, containers: [{ ...current, configHash: 'old' }, left] }
  expect(planText(web, beside)).toBe(
    `\
[] -> #1 service:web:1 container.stop: scale web to 1
[1] -> #2 service:web:1 container.remove: scale web to 1
[2] -> #3 service:web:1 container.rename: left by an interrupted replacement
[1-3] -> #4 service:web:1 container.start: created
`,
  )
  expect(planText(web, { ...whole, containers: [left] })).toBe(
    `\
[] -> #1 service:web:1 container.rename: left by an interrupted replacement
[1] -> #2 service:web:1 container.start: created
`,
  )
})

test('known changes are the cause', () => {
  const changes = ['environment.DEBUG "1" → "0"', 'image "a" → "b"']
  const desired = { ...web, services: web.services.map((service) => ({ ...service, changes })) }
  expect(planText(desired, upToDate(web, { 'demo-web-1': { configHash: 'old' } }))).toContain(
    '#1 service:web:1 container.create: environment.DEBUG "1" → "0", image "a" → "b"\n',
  )
})

test.each([
  ['image', { labels: {} }, 'image img changed'],
  ['network', { networks: {} }, 'not connected to network demo_default'],
])('another %s replaces the container', (_what, change, cause) => {
  expect(planText(web, upToDate(web, { 'demo-web-1': change }))).toContain(`container.create: ${cause}\n`)
})

test('recreation can be forced or forbidden, and the named services alone are forced', () => {
  const changed = upToDate(pair, { 'demo-web-1': { configHash: 'old' } })
  expect(planText(pair, changed, { recreate: 'never' })).not.toContain('container.create')
  const forced = planText(pair, upToDate(pair), { recreate: 'force', named: new Set(['web']) })
  expect(forced).toContain('service:web:1 container.create: recreation forced')
  expect(forced).not.toContain('service:db:1 container.create')
})

test('scaling up gives the next numbers and does not fill gaps', () => {
  const three = desireOf(projectOf({ web: { scale: 3 } }))
  const observed = upToDate(three)
  const gap = { ...observed, containers: observed.containers.filter(({ number }) => number !== 2) }
  expect(planText(three, gap)).toContain('#1 service:web:4 container.create: no container\n')
})

test('scaling down takes what is out of date first, then the highest numbers', () => {
  const observed = upToDate(desireOf(projectOf({ web: { scale: 3 } })), {
    'demo-web-1': { configHash: 'old' },
  })
  const two = desireOf(projectOf({ web: { scale: 2 } }))
  // `scale` is no part of the hash.
  expect(planText(two, observed)).toBe(
    `\
[] -> #1 service:web:1 container.stop: scale web to 2
[1] -> #2 service:web:1 container.remove: scale web to 2
`,
  )
  const one = desireOf(projectOf({ web: { scale: 1 } }))
  expect(planText(one, upToDate(two))).toContain('service:web:2 container.remove')
})

test('dependents that restart with it stop before a container is replaced, and start after', () => {
  const desired = desireOf(
    projectOf({
      web: { depends_on: { db: { condition: 'service_started', restart: true, required: true } } },
      db: {},
    }),
  )
  expect(planText(desired, upToDate(desired, { 'demo-db-1': { configHash: 'old' } }))).toBe(
    `\
[] -> #1 service:web:1 container.stop: db is replaced
[1] -> #2 service:db:1 container.create: config hash changed
[2] -> #3 service:db:1 container.stop: replaced by #2
[2,3] -> #4 service:db:1 container.remove: replaced by #2
[4] -> #5 service:db:1 container.rename: takes the place of db1000000000
[1-5] -> #6 service:db:1 container.start: created
[1-6] -> #7 service:web:1 container.start: stopped before
`,
  )
})

test('orphans are warned about, or removed when asked', () => {
  const both = upToDate(desireOf(projectOf({ web: {}, gone: {} })))
  expect(planText(web, both)).toBe('')
  expect(reconcile(web, both, defaultPolicy).warnings[0]).toMatch(
    /^Found orphan containers \(\[demo-gone-1\]\)/,
  )
  expect(planText(web, both, { removeOrphans: true })).toBe(
    `\
[] -> #1 service:gone:1 container.stop: orphan
[1] -> #2 service:gone:1 container.remove: orphan
`,
  )
})

test('containers of a disabled service are no orphans', () => {
  const both = projectOf({ web: {}, debug: {} })
  const { debug, ...enabled } = both.services
  const desired = desireOf({ ...both, services: enabled, disabledServices: debug ? { debug } : {} })
  expect(reconcile(desired, upToDate(desireOf(both)), defaultPolicy)).toMatchObject({
    plan: [],
    warnings: [],
  })
})

test('a custom container name cannot be scaled', () => {
  const desired = desireOf(projectOf({ web: { container_name: 'x', scale: 2 } }))
  expect(() => planText(desired, nothing)).toThrow(expect.objectContaining({ code: 'CONTAINER_NAME_SCALE' }))
})

test('volumes without a name move to the container that replaces theirs, unless they are to be renewed', () => {
  const desired = desireOf(projectOf({ web: { volumes: [{ type: 'volume', target: '/cache' }] } }))
  const observed = upToDate(desired, {
    'demo-web-1': {
      configHash: 'old',
      mounts: [{ Type: 'volume', Name: 'abc', Source: '/v/abc', Destination: '/cache', RW: true }],
    },
  })
  const mountsOf = (policy: Partial<Policy>) => {
    const [first] = reconcile(desired, observed, { ...defaultPolicy, ...policy }).plan
    return first?.operation.kind === 'container.create' && first.operation.body.HostConfig['Mounts']
  }
  expect(mountsOf({})).toEqual([{ Type: 'volume', Source: 'abc', Target: '/cache' }])
  expect(mountsOf({ inheritVolumes: false })).toEqual([{ Type: 'volume', Target: '/cache' }])
})

test('waiting asks for all containers, and for the end of jobs that others wait for', () => {
  const desired = desireOf(
    projectOf({
      web: { depends_on: { job: { condition: 'service_completed_successfully', required: true } } },
      job: {},
    }),
  )
  const text = planText(desired, nothing, { wait: true })
  expect(text.match(/service:job:1 container\.await/g)).toHaveLength(1)
  expect(text).toContain('service:web:1 container.await: asked to wait')
  expect(planText(web, upToDate(web), { wait: true })).toBe('')
})
