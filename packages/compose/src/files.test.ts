import { basename, join } from 'node:path'
import { expect, test } from 'vitest'
import { loadProject } from './load.ts'
import type { LoadOptions } from './options.ts'
import { folderWith } from './testing/folder.ts'
import { faultsOf } from './testing/load-text.ts'

const minimal = 'services: {a: {image: i}}'
const load = (cwd: string, options: Partial<LoadOptions> = {}) =>
  loadProject({ cwd, environment: {}, ...options })

test('compose.yaml is preferred to older names, with a warning', async () => {
  const folder = folderWith({ 'compose.yaml': minimal, 'docker-compose.yml': 'services: {b: {image: i}}' })
  const { project, warnings } = await load(folder)
  expect(Object.keys(project.services)).toEqual(['a'])
  expect(warnings.map(({ code }) => code)).toEqual(['SEVERAL_FILES', 'SEVERAL_FILES'])
})

test('the file is looked for in the folders above, and its folder is the base', async () => {
  const folder = folderWith({ 'compose.yml': 'services: {a: {image: i, volumes: ["./d:/d"]}}', 'x/y/z': '' })
  const { project } = await load(join(folder, 'x/y'))
  expect(project.workingDirectory).toBe(folder)
  expect(project.services['a']?.volumes?.[0]?.source).toBe(join(folder, 'd'))
})

test('an override file is merged in, but not beside -f', async () => {
  const folder = folderWith({
    'compose.yaml': minimal,
    'compose.override.yaml': 'services: {a: {hostname: h}}',
  })
  expect((await load(folder)).project.services['a']?.hostname).toBe('h')
  expect((await load(folder, { files: ['compose.yaml'] })).project.services['a']?.hostname).toBeUndefined()
})

test('no file anywhere is a fault', async () => {
  expect((await faultsOf(load(folderWith({}))))[0]).toMatchObject({ code: 'NO_PROJECT' })
})

test('a file that is missing is named', async () => {
  const folder = folderWith({})
  expect(await faultsOf(load(folder, { files: ['no.yaml'] }))).toMatchObject([
    { code: 'FILE_UNREADABLE', message: `open ${folder}/no.yaml: no such file or directory` },
  ])
})

test('the folder gives the name, the file another, the environment and the flag above them', async () => {
  const folder = folderWith({ 'My.App/compose.yaml': minimal, 'named.yaml': `name: From-File\n${minimal}` })
  expect((await load(join(folder, 'My.App'))).project.name).toBe('myapp')
  expect((await load(folder, { files: ['named.yaml'] })).project.name).toBe('from-file')
  const environment = { COMPOSE_PROJECT_NAME: 'env' }
  expect((await load(folder, { files: ['named.yaml'], environment })).project.name).toBe('env')
  const named = await load(folder, { files: ['named.yaml'], environment, projectName: 'flag' })
  expect(named.project.name).toBe('flag')
  expect(named.project.environment['COMPOSE_PROJECT_NAME']).toBe('flag')
})

test('.env may name the files and the profiles; the process environment wins over it', async () => {
  const folder = folderWith({
    '.env': 'COMPOSE_FILE=a.yaml:b.yaml\nCOMPOSE_PROFILES=p\nTAG=file\n',
    'a.yaml': 'services: {a: {image: "i:$TAG"}}',
    'b.yaml': 'services: {b: {image: j, profiles: [p]}}',
  })
  const { project } = await load(folder, { environment: { TAG: 'process' } })
  expect(project.composeFiles.map((file) => basename(file))).toEqual(['a.yaml', 'b.yaml'])
  expect(Object.keys(project.services)).toEqual(['a', 'b'])
  expect(project.services['a']?.image).toBe('i:process')
})

test('--env-file replaces .env, later files win and may use earlier ones', async () => {
  const folder = folderWith({
    'compose.yaml': 'services: {a: {image: "$A-$B"}}',
    '.env': 'A=no\n',
    one: 'A=1\nB=1\n',
    two: 'B=${A}2\n',
  })
  const { project } = await load(folder, { envFiles: ['one', 'two'] })
  expect(project.services['a']?.image).toBe('1-12')
  expect((await faultsOf(load(folder, { envFiles: ['none'] })))[0]).toMatchObject({
    code: 'ENV_FILE_MISSING',
  })
})

test('COMPOSE_DISABLE_ENV_FILE leaves .env alone', async () => {
  const folder = folderWith({ 'compose.yaml': 'services: {a: {image: "i${A-x}"}}', '.env': 'A=1' })
  const { project } = await load(folder, { environment: { COMPOSE_DISABLE_ENV_FILE: '1' } })
  expect(project.services['a']?.image).toBe('ix')
})

test('env files of a service are folded in below its own variables', async () => {
  const folder = folderWith({
    'compose.yaml':
      'services: {a: {image: i, env_file: [x.env, {path: none.env, required: false}], environment: {A: own}}}',
    'x.env': 'A=file\nB=${A}\n',
  })
  expect((await load(folder)).project.services['a']).toMatchObject({ environment: { A: 'own', B: 'own' } })
})
