import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { readSettings } from './settings.ts'

const folder = mkdtempSync(join(tmpdir(), 'cc-settings-'))
afterAll(() => rmSync(folder, { recursive: true }))

const settings = (text: string) => {
  const path = join(folder, 'settings.json')
  writeFileSync(path, text)
  return readSettings(path)
}

test('without a file everything has its default', () => {
  expect(readSettings(join(folder, 'none.json'))).toMatchObject({ runtime: 'auto', egress: 'pasta' })
})

test('what the file says replaces the default', () => {
  expect(settings('{"egress":"none","dns":{"upstream":["127.0.0.1:5353"]}}')).toMatchObject({
    runtime: 'auto',
    egress: 'none',
    dns: { upstream: ['127.0.0.1:5353'] },
  })
})

test('a variable of the environment goes before the file', () => {
  const path = join(folder, 'settings.json')
  writeFileSync(path, '{"warmSpare":"on"}')
  expect(readSettings(path, {})).toMatchObject({ warmSpare: 'on' })
  expect(readSettings(path, { CONTAINER_COMPOSE_WARM_SPARE: 'off' })).toMatchObject({ warmSpare: 'off' })
  expect(() => readSettings(path, { CONTAINER_COMPOSE_WARM_SPARE: 'yes' })).toThrow(
    expect.objectContaining({ code: 'BAD_SETTINGS' }),
  )
})

test.each(['{', '[]', '{"runtim":"vm"}', '{"runtime":"docker"}', '{"dns":{}}'])('%s is refused', (text) => {
  expect(() => settings(text)).toThrow(expect.objectContaining({ code: 'BAD_SETTINGS' }))
})
