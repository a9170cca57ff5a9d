import { expect, test } from 'vitest'
import { renderPlan } from '../plan/render-plan.ts'
import { desireOf, projectOf, upToDate } from './states.ts'
import { planDown, planStop } from './teardown.ts'

const { containers } = upToDate(desireOf(projectOf({ db: {}, web: { scale: 2 } })))
const teardown = {
  order: ['web', 'db'],
  dependents: new Map([['db', new Set(['web'])]]),
  containers,
}

test('dependents stop first, containers of one service side by side', () => {
  expect(renderPlan(planStop(teardown))).toBe(
    `\
[] -> #1 service:web:1 container.stop: asked to stop
[] -> #2 service:web:2 container.stop: asked to stop
[1,2] -> #3 service:db:1 container.stop: asked to stop
`,
  )
})

test('networks, volumes and images go when all containers are gone', () => {
  const down = {
    ...teardown,
    networks: [{ Id: 'n', Name: 'demo_default', Labels: {} }],
    volumes: [{ Name: 'demo_data', Labels: {} }],
    images: ['demo-web'],
    removeVolumes: true,
  }
  expect(renderPlan(planDown(down))).toBe(
    `\
[] -> #1 service:web:1 container.stop: asked to go down
[1] -> #2 service:web:1 container.remove: asked to go down
[] -> #3 service:web:2 container.stop: asked to go down
[3] -> #4 service:web:2 container.remove: asked to go down
[2,4] -> #5 service:db:1 container.stop: asked to go down
[5] -> #6 service:db:1 container.remove: asked to go down
[1-6] -> #7 network:demo_default network.remove: asked to go down
[1-6] -> #8 volume:demo_data volume.remove: asked to go down (its data is lost)
[1-6] -> #9 image:demo-web image.remove: asked to go down
`,
  )
})

test('nothing to take down gives an empty plan', () => {
  expect(
    planDown({ ...teardown, containers: [], networks: [], volumes: [], images: [], removeVolumes: false }),
  ).toEqual([])
})
