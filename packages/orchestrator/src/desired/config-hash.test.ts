import { expect, test } from 'vitest'
import { projectOf } from '../reconcile/states.ts'
import { networkHash, serviceHash, volumeHash } from './config-hash.ts'

const hash = (service: object) => serviceHash(projectOf({ web: service }), 'web')

test('what makes no other container is no part of the hash', () => {
  const base = hash({})
  expect(
    hash({
      build: { context: '.' },
      pull_policy: 'always',
      scale: 3,
      depends_on: { db: { required: true } },
      profiles: ['p'],
      'x-mine': 1,
    }),
  ).toBe(base)
  expect(hash({ environment: { A: '1' } })).not.toBe(base)
})

test('maps are hashed by sorted keys', () => {
  expect(hash({ environment: { B: '2', A: '1' } })).toBe(hash({ environment: { A: '1', B: '2' } }))
})

test('hashes are those of Docker Compose 2.40.3', () => {
  // `{"name":"demo_back","ipam":{}}` and `{"name":"demo_data","driver":"local"}` by sha256sum.
  expect(networkHash({ name: 'demo_back', ipam: {} })).toBe(
    'daf30d838875675141765ecd383f433327b58aa936cb29f5bc2942fe279c1c03',
  )
  expect(volumeHash({ name: 'demo_data' })).toBe(
    '504ad458c80a54e9120954e1d0ad581a3e0d7b50499e9f2755876d04a2d3321a',
  )
})
