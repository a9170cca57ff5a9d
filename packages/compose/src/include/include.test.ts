import { expect, test } from 'vitest'
import { loadProject } from '../load.ts'
import { folderWith } from '../testing/folder.ts'
import { faultsOf } from '../testing/load-text.ts'

const load = (files: Readonly<Record<string, string>>, environment: Record<string, string> = {}) =>
  loadProject({ cwd: folderWith(files), environment })

test('resources of an included file are added, its paths relative to its folder', async () => {
  const { project } = await load({
    'compose.yaml': 'include: [db/compose.yaml]\nservices: {web: {image: i, depends_on: [db]}}',
    'db/compose.yaml': 'services: {db: {image: "d:$TAG", volumes: ["./data:/data"]}}',
    'db/.env': 'TAG=7',
  })
  expect(project.services['db']).toMatchObject({
    image: 'd:7',
    volumes: [{ source: `${project.workingDirectory}/db/data` }],
  })
})

test('several paths are one model, project_directory is the base', async () => {
  const { project } = await load({
    'compose.yaml': 'include: [{path: [a/1.yaml, a/2.yaml], project_directory: base}]',
    'a/1.yaml': 'services: {x: {image: i, build: ctx}}',
    'a/2.yaml': 'services: {x: {image: j}}',
    'base/ctx/Dockerfile': '',
  })
  expect(project.services['x']).toMatchObject({
    image: 'j',
    build: { context: `${project.workingDirectory}/base/ctx` },
  })
})

test.each<[string, Record<string, string>, string]>([
  ['itself', { 'compose.yaml': 'include: [compose.yaml]' }, 'INCLUDE_CYCLE'],
  [
    'a file that includes it',
    { 'compose.yaml': 'include: [b.yaml]', 'b.yaml': 'include: [compose.yaml]' },
    'INCLUDE_CYCLE',
  ],
  ['a file that is not there', { 'compose.yaml': 'include: [b.yaml]' }, 'FILE_UNREADABLE'],
  ['a file elsewhere', { 'compose.yaml': 'include: ["https://example.com/x.git"]' }, 'REMOTE_FILE'],
  [
    'another service of the name',
    { 'compose.yaml': 'include: [b.yaml]\nservices: {a: {image: i}}', 'b.yaml': 'services: {a: {image: j}}' },
    'INCLUDE_CONFLICT',
  ],
])('to include %s is refused', async (_, files, code) => {
  expect((await faultsOf(load(files)))[0]).toMatchObject({ code })
})

test('files that include each other twice end', async () => {
  const files: Record<string, string> = {
    'compose.yaml': 'include: [f0.yaml, f0.yaml]',
    'f12.yaml': 'services: {a: {image: i}}',
  }
  for (let index = 0; index < 12; index += 1)
    files[`f${index}.yaml`] = `include: [f${index + 1}.yaml, f${index + 1}.yaml]`
  expect((await faultsOf(load(files)))[0]).toMatchObject({ code: 'TOO_MANY_FILES' })
})
