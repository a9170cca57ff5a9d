import { expect, test } from 'vitest'
import { loadProject } from '../load.ts'
import { folderWith } from '../testing/folder.ts'
import { faultsOf, loadText } from '../testing/load-text.ts'

const service = async (text: string, name = 'a') => (await loadText(text)).project.services[name]

test('a service takes over what it extends and adds its own', async () => {
  const text = `services:
  base: {image: i, environment: {A: 1, B: 1}, ports: ["80"]}
  a: {extends: base, environment: [B=2], ports: ["81"]}
`
  expect(await service(text)).toMatchObject({
    image: 'i',
    environment: { A: '1', B: '2' },
    ports: [{ target: 80 }, { target: 81 }],
  })
})

test('paths of another file are relative to that file', async () => {
  const folder = folderWith({
    'compose.yaml': 'services: {a: {extends: {file: sub/base.yaml, service: mid}}}',
    'sub/base.yaml': 'services: {base: {image: i, volumes: ["./d:/d"]}, mid: {extends: base}}',
  })
  const { project } = await loadProject({ cwd: folder, environment: {} })
  expect(project.services['a']).toMatchObject({ image: 'i', volumes: [{ source: `${folder}/sub/d` }] })
})

test('!reset takes away what would be inherited', async () => {
  const text = 'services: {base: {image: i, ports: ["80"]}, a: {extends: base, ports: !reset []}}'
  expect((await service(text))?.ports).toBeUndefined()
})

test.each([
  ['services: {a: {extends: none}}', 'EXTENDS'],
  ['services: {a: {extends: {file: x.yaml}}}', 'EXTENDS'],
  ['services: {a: {extends: b}, b: {extends: a}}', 'EXTENDS_CYCLE'],
  ['services: {a: {extends: {service: b, file: none.yaml}}}', 'FILE_UNREADABLE'],
  ['services: {a: {extends: {service: b, file: "oci:x/y"}}}', 'REMOTE_FILE'],
])('%s is refused with %s', async (text, code) => {
  expect((await faultsOf(loadText(text)))[0]).toMatchObject({ code })
})
