import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { networkHash, serviceHash, volumeHash } from './config-hash.ts'
import { loadText } from './testing/load-text.ts'

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')

test("a service's hash is that of its compact JSON in the reference's order", async () => {
  const { project } = await loadText(
    'services: {web: {labels: {b: "<&>", a: 1}, image: nginx, command: run, mem_limit: 64m, x-own: 1}}',
  )
  expect(serviceHash(project.services['web'] as never)).toBe(
    sha256(
      '{"command":["run"],"entrypoint":null,"image":"nginx","labels":{"a":"1","b":"\\u003c\\u0026\\u003e"},"mem_limit":"67108864","networks":{"default":null}}',
    ),
  )
})

test('build, scale, profiles, dependencies and pull policy have no effect on it', async () => {
  const { project } = await loadText(
    'services: {a: {image: i}, b: {image: i, build: ., scale: 2, pull_policy: always, depends_on: [a]}}',
  )
  expect(serviceHash(project.services['a'] as never)).toBe(serviceHash(project.services['b'] as never))
})

test('networks and volumes have hashes, too', () => {
  expect(networkHash({ name: 'demo_back', ipam: {} })).toBe(sha256('{"name":"demo_back","ipam":{}}'))
  expect(volumeHash({ name: 'demo_data' })).toBe(sha256('{"name":"demo_data","driver":"local"}'))
})
