import type { Service } from '@container-compose/compose'
import { expect, test } from 'vitest'
import { projectOf } from '../reconcile/states.ts'
import { sharedDisks } from './disk-volumes.ts'

const at = { file: 'compose.yaml', line: 9, column: 3 }
const volumes = [{ type: 'volume', source: 'data', target: '/data' }] as const
const warnings = (services: Record<string, Partial<Service>>, type = 'ext4') =>
  sharedDisks({
    project: projectOf(services, { volumes: { data: { name: 'demo_data', driver_opts: { type } } } }),
    locations: { of: () => at },
  })

test('two services that use a disk at once are told of, and one that has several containers', () => {
  expect(warnings({ db: { volumes }, backup: { volumes }, web: {} })).toEqual([
    'volumes.data: one container at a time can use a volume of type ext4, so of the containers of db, backup only the first will start (compose.yaml:9:3)',
  ])
  expect(warnings({ db: { volumes, scale: 2 } })).toHaveLength(1)
})

test('nothing is said where one begins when the other has ended, and of other volumes', () => {
  const depends_on = { fill: { condition: 'service_completed_successfully', required: true } } as const
  expect(warnings({ fill: { volumes }, db: { volumes, depends_on } })).toEqual([])
  expect(warnings({ db: { volumes } })).toEqual([])
  expect(warnings({ db: { volumes }, backup: { volumes } }, 'none')).toEqual([])
})
