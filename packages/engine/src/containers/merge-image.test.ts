import { expect, test } from 'vitest'
import { parseCreateRequest } from './create-request.ts'
import { mergeImage } from './merge-image.ts'

const merged = (request: object, image: object) =>
  mergeImage(parseCreateRequest({ Image: 'a', ...request }).config, image)

test('the image gives the command when the request has none', () => {
  expect(merged({}, { Cmd: ['sh'], Entrypoint: ['/e'] })).toMatchObject({ Cmd: ['sh'], Entrypoint: ['/e'] })
  expect(merged({ Cmd: ['ls'] }, { Cmd: ['sh'], Entrypoint: ['/e'] })).toMatchObject({
    Cmd: ['ls'],
    Entrypoint: ['/e'],
  })
})

test('an entrypoint of the request drops the command of the image', () => {
  expect(merged({ Entrypoint: ['/x'] }, { Cmd: ['sh'], Entrypoint: ['/e'] })).toMatchObject({
    Cmd: null,
    Entrypoint: ['/x'],
  })
  expect(merged({ Entrypoint: [''], Cmd: ['a'] }, { Entrypoint: ['/e'] })).toMatchObject({
    Cmd: ['a'],
    Entrypoint: null,
  })
})

test('without any command it is a bad parameter', () => {
  expect(() => merged({}, {})).toThrow(expect.objectContaining({ status: 400 }))
})

test('variables of the request replace those of the image', () => {
  expect(merged({ Cmd: ['a'], Env: ['A=1', 'B'] }, { Env: ['A=0', 'PATH=/bin', 'B=2'] }).Env).toEqual([
    'A=1',
    'B',
    'PATH=/bin',
  ])
})

test('a health check takes from the image what it does not say itself', () => {
  const image = { Cmd: ['a'], Healthcheck: { Test: ['CMD', 'x'], Interval: 5e9 } }
  expect(merged({}, image).Healthcheck).toEqual({ Test: ['CMD', 'x'], Interval: 5e9 })
  expect(merged({ Healthcheck: { Retries: 2, Interval: 0 } }, image).Healthcheck).toEqual({
    Test: ['CMD', 'x'],
    Interval: 5e9,
    Retries: 2,
  })
})
