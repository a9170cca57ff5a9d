import { expect, test } from 'vitest'
import { canonical, familiar, parseReference, withDefaultTag } from './reference.ts'

test.each([
  ['redis', 'docker.io/library/redis:latest', 'redis:latest'],
  ['redis:7', 'docker.io/library/redis:7', 'redis:7'],
  ['demo/web:1', 'docker.io/demo/web:1', 'demo/web:1'],
  ['docker.io/redis', 'docker.io/library/redis:latest', 'redis:latest'],
  ['index.docker.io/library/redis', 'docker.io/library/redis:latest', 'redis:latest'],
  ['localhost/a', 'localhost/a:latest', 'localhost/a:latest'],
  ['localhost:5000/a/b:1', 'localhost:5000/a/b:1', 'localhost:5000/a/b:1'],
  ['[::1]:5000/a', '[::1]:5000/a:latest', '[::1]:5000/a:latest'],
  ['127.0.0.1:5000/a__b.c-d', '127.0.0.1:5000/a__b.c-d:latest', '127.0.0.1:5000/a__b.c-d:latest'],
  [
    `a:1@sha256:${'0'.repeat(64)}`,
    `docker.io/library/a:1@sha256:${'0'.repeat(64)}`,
    `a:1@sha256:${'0'.repeat(64)}`,
  ],
])('%s is %s, shown as %s', (text, whole, short) => {
  const reference = withDefaultTag(parseReference(text))
  expect(canonical(reference)).toBe(whole)
  expect(familiar(reference)).toBe(short)
})

test.each([
  ['', 'invalid reference format'],
  ['a:', 'invalid reference format'],
  ['a b', 'invalid reference format'],
  ['-a', 'invalid reference format'],
  ['a//b', 'invalid reference format'],
  ['a/../b', 'invalid reference format'],
  ['a:-x', 'invalid reference format'],
  ['a@sha256:12', 'invalid reference format'],
  ['BAD/Ref::1', 'invalid reference format: repository name (Ref) must be lowercase'],
  ['Redis', 'invalid reference format: repository name (library/Redis) must be lowercase'],
  ['f'.repeat(64), `invalid repository name (${'f'.repeat(64)}), cannot specify 64-byte hexadecimal strings`],
  [`a/${'b'.repeat(250)}`, 'repository name must not be more than 255 characters'],
])('%j is refused in the words of Docker: %s', (text, message) => {
  expect(() => parseReference(text)).toThrow(expect.objectContaining({ status: 400, message }))
})
