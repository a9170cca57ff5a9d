import { expect, test } from 'vitest'
import { label } from '../labels.ts'
import { renderPlan } from '../plan/render-plan.ts'
import { planRestart } from './restart.ts'
import { desireOf, projectOf, upToDate } from './states.ts'

const containers = (dependsOn: string) =>
  upToDate(desireOf(projectOf({ db: {}, web: {} })), {
    'demo-web-1': { labels: { [label.dependsOn]: dependsOn } },
  }).containers
const db = containers('').filter(({ service }) => service === 'db')

test('containers restart side by side', () => {
  const all = containers('')
  expect(renderPlan(planRestart(all, all, { dependents: true }))).toBe(
    `\
[] -> #1 service:db:1 container.restart: asked to restart
[] -> #2 service:web:1 container.restart: asked to restart
`,
  )
})

test('a dependent that restarts with it follows, behind its condition', () => {
  expect(renderPlan(planRestart(containers('db:service_healthy:true'), db, { dependents: true }))).toBe(
    `\
[] -> #1 service:db:1 container.restart: asked to restart
[1] -> #2 service:db:1 container.await: service_healthy
[2] -> #3 service:web:1 container.restart: restarts with what it needs
`,
  )
})

test('a dependent that does not restart with it is left alone, and so are all without dependents', () => {
  expect(planRestart(containers('db:service_healthy:false'), db, { dependents: true })).toHaveLength(1)
  expect(planRestart(containers('db:service_healthy:true'), db, { dependents: false })).toHaveLength(1)
})
