import type { Project } from '@container-compose/compose'
import { expect, test } from 'vitest'
import { withDigests } from './digests.ts'

const digest = `sha256:${'a'.repeat(64)}`
const other = `sha256:${'b'.repeat(64)}`
const project = (images: Record<string, string | undefined>): Project =>
  ({
    services: Object.fromEntries(Object.entries(images).map(([name, image]) => [name, { image }])),
  }) as unknown as Project

test('names without a digest get the one that the registry has, the others keep theirs', async () => {
  const asked: string[] = []
  const { services } = await withDigests(
    project({
      web: 'nginx',
      db: `localhost:5000/db:1@${other}`,
      cache: 'ghcr.io/x/redis:7',
      built: undefined,
    }),
    async (image) => {
      asked.push(image)
      return digest
    },
  )
  expect(asked.sort()).toEqual(['docker.io/library/nginx:latest', 'ghcr.io/x/redis:7'])
  expect(Object.entries(services).map(([name, { image }]) => [name, image])).toEqual([
    ['web', `docker.io/library/nginx:latest@${digest}`],
    ['db', `localhost:5000/db@${other}`],
    ['cache', `ghcr.io/x/redis:7@${digest}`],
    ['built', undefined],
  ])
})

test('what cannot be resolved is named, with the reason', async () => {
  const refuse = () => Promise.reject(new Error('manifest unknown'))
  await expect(withDigests(project({ web: 'x:1' }), refuse)).rejects.toMatchObject({
    code: 'DIGEST_UNKNOWN',
    message: 'failed to resolve digest for docker.io/library/x:1: manifest unknown',
  })
})
