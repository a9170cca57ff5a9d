import type { Service } from '@container-compose/compose'
import { expect, test } from 'vitest'
import { desireOf, projectOf } from '../reconcile/states.ts'
import { withApiSocket } from './api-socket.ts'

const environment = (entries: Record<string, string>): Record<string, string> =>
  Object.assign(Object.create(null), entries)

const desiredOf = (service: Partial<Service>) => {
  const [web] = desireOf(projectOf({ web: { use_api_socket: true, ...service } })).services
  if (web === undefined) throw new Error('no service')
  return web
}
const bodyOf = (service: Partial<Service>) =>
  desiredOf(service).body({ name: 'demo-web-1', number: 1, image: { Id: 'sha256:1' } })

test('the socket is mounted, and clients are told where the credentials are', () => {
  const body = bodyOf({ environment: environment({ A: 'b' }) })
  expect(body.HostConfig['Binds']).toEqual(['/var/run/docker.sock:/var/run/docker.sock:rw'])
  expect(body['Env']).toEqual(['A=b', 'DOCKER_CONFIG=/run/secrets/docker'])
  expect(desiredOf({}).files).toEqual([
    {
      path: '/run/secrets/docker/config.json',
      content: expect.any(Function),
      mode: 0o444,
      uid: 0,
      gid: 0,
    },
  ])
})

test('who has a place of his own for the credentials keeps it', () => {
  expect(bodyOf({ environment: environment({ DOCKER_CONFIG: '/mine' }) })['Env']).toEqual([
    'DOCKER_CONFIG=/mine',
  ])
})

test('the hash is that of Docker Compose 2.40.3', () => {
  const service = {
    image: 'demo/busybox:1',
    runtime: 'vm',
    environment: environment({ DOCKER_CONFIG: '/mine', A: 'b' }),
    command: ['sleep', '1000'],
  }
  expect(desiredOf(service).hash).toBe('326adb246ad150961bcaeb5caba598042ac4d191535efa65e511cb3db019d968')
})

test('a project without it is left as it is', () => {
  const project = projectOf({ web: { use_api_socket: false } })
  expect(withApiSocket(project)).toBe(project)
})
