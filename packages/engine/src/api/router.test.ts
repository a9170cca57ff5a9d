import { expect, test } from 'vitest'
import { Router } from './router.ts'

const handler = () => undefined
const router = new Router([
  { method: 'GET', path: '/containers/json', handler },
  { method: 'GET', path: '/containers/:id/json', handler },
  { method: 'GET', path: '/images/:name*/json', handler },
  { method: 'DELETE', path: '/images/:name*', handler },
])
const found = (method: string, path: string) => {
  const match = router.match(method, path)
  return match && [match.route.path, match.params]
}

test('the first route of the table that fits is taken', () => {
  expect(found('GET', '/containers/json')).toEqual(['/containers/json', {}])
  expect(found('GET', '/containers/a%20b/json')).toEqual(['/containers/:id/json', { id: 'a b' }])
})

test('a starred parameter takes slashes', () => {
  expect(found('GET', '/images/localhost:5000/a/b:1/json')).toEqual([
    '/images/:name*/json',
    { name: 'localhost:5000/a/b:1' },
  ])
  expect(found('DELETE', '/images/a/b')).toEqual(['/images/:name*', { name: 'a/b' }])
})

test('a broken escape is the fault of who sent it', () => {
  expect(() => found('GET', '/containers/a%/json')).toThrow(expect.objectContaining({ status: 400 }))
})

test('another method or a longer path finds nothing', () => {
  expect(found('POST', '/containers/json')).toBeUndefined()
  expect(found('GET', '/containers/a/b/json')).toBeUndefined()
})
