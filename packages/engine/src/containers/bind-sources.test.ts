import { mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { EngineBed } from '../daemon/testing/engine-bed.ts'

let bed: EngineBed
let folder = ''
beforeEach(async () => {
  bed = await EngineBed.open()
  folder = mkdtempSync(join(tmpdir(), 'cc-'))
})
afterEach(async () => {
  await bed.close()
  rmSync(folder, { recursive: true })
})

const create = (source: string) => bed.create('one', 'sleep 100', {}, { Binds: [`${source}:/at`] })
const start = () => bed.call('POST', '/containers/one/start')

test('a source that is missing is made as a directory, when the container is made and at each start', async () => {
  const source = join(folder, 'a/b')
  await create(source)
  rmSync(join(folder, 'a'), { recursive: true })
  expect((await start()).status).toBe(204)
  expect(statSync(source).isDirectory()).toBe(true)
})

test('a source that is a file, or a link to one, is left as it is', async () => {
  writeFileSync(join(folder, 'file'), 'x')
  symlinkSync('file', join(folder, 'link'))
  await create(join(folder, 'link'))
  expect((await start()).status).toBe(204)
  expect(statSync(join(folder, 'link')).isFile()).toBe(true)
})

test('a source that can be neither found nor made is an error that names it', async () => {
  symlinkSync('nowhere', join(folder, 'link'))
  await expect(create(join(folder, 'link'))).rejects.toThrow(
    `error while creating mount source path '${join(folder, 'link')}'`,
  )
})
