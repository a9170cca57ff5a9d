import { expect, test } from 'vitest'
import { EngineError, toEngineError } from './engine-error.ts'

const endpoint = { kind: 'unix', path: '/x.sock', name: 'unix:///x.sock' } as const

test('what the engine says is kept, with its status as a code', () => {
  const error = toEngineError(
    Object.assign(new Error('(HTTP code 404) no such container - No such container: x '), {
      statusCode: 404,
      json: null,
    }),
    endpoint,
  )
  expect(error).toMatchObject({
    code: 'ENGINE_NOT_FOUND',
    reason: 'No such container: x',
    message: 'Error response from daemon: No such container: x',
  })
})

test('an engine that nobody reaches is named by its address', () => {
  const error = toEngineError(Object.assign(new Error('connect ENOENT'), { code: 'ENOENT' }), endpoint)
  expect(error).toMatchObject({
    code: 'ENGINE_UNREACHABLE',
    message: 'Cannot connect to the Docker daemon at unix:///x.sock. Is the docker daemon running?',
  })
})

test('frequent refusals end in an act', () => {
  const taken =
    'failed to set up container networking: driver failed programming external connectivity on endpoint a (b): Bind for 127.0.0.1:8333 failed: port is already allocated'
  expect(new EngineError(500, taken).hint).toContain('ss -ltnp')
  expect(new EngineError(404, 'No such image: a:1').hint).toContain('pull')
  expect(new EngineError(400, 'exec: "x": executable file not found in $PATH').hint).toContain('`command`')
  expect(new EngineError(500, 'something else').hint).toBeUndefined()
})
