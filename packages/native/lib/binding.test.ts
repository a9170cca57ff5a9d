import { createRequire } from 'node:module'
import { artifactPath } from '@container-compose/core'
import { expect, test } from 'vitest'
import { SystemError } from './binding.ts'
import { createNetns } from './namespace.ts'

test('a failed system call has code, errno and syscall as Node’s own errors have', async () => {
  const error = await createNetns('/nowhere/netns').catch((reason: unknown) => reason)
  expect(error).toBeInstanceOf(SystemError)
  expect(error).toMatchObject({
    code: 'ENOENT',
    errno: -2,
    syscall: 'open',
    message: 'ENOENT: open /nowhere/netns',
  })
})

test('the addon may be loaded again, and is the same', () => {
  const require = createRequire(import.meta.url)
  const path = artifactPath('native.node')
  expect(require(path)).toBe(require(path))
  delete require.cache[path]
  expect(require(path)).toBeTypeOf('object')
})
