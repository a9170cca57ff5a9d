import { expect, test } from 'vitest'
import { projectJson } from './print/project.ts'
import { faultsOf, loadText } from './testing/load-text.ts'

const shown = async (text: string): Promise<unknown> =>
  JSON.parse(projectJson((await loadText(text)).project))

test('the smallest project has a default network', async () => {
  expect(await shown('services: {web: {image: nginx}}')).toEqual({
    name: 'demo',
    services: { web: { command: null, entrypoint: null, image: 'nginx', networks: { default: null } } },
    networks: { default: { name: 'demo_default', ipam: {} } },
  })
})

test('every fault of a file is told in one run, in the order of the file', async () => {
  const text = `services:
  web:
    imge: nginx
    ports: 80
  db:
    image: 5
    tty: 1
`
  expect(await faultsOf(loadText(text))).toEqual([
    {
      code: 'UNKNOWN_KEY',
      message: "validating -: services.web additional properties 'imge' not allowed",
      at: '3:5',
      hint: 'did you mean image?',
    },
    {
      code: 'SCHEMA_TYPE',
      message: 'validating -: services.web.ports must be a array',
      at: '4:12',
      hint: undefined,
    },
    {
      code: 'SCHEMA_TYPE',
      message: 'validating -: services.db.image must be a string',
      at: '6:12',
      hint: 'put the value in quotes',
    },
    {
      code: 'SCHEMA_TYPE',
      message: 'validating -: services.db.tty must be a boolean or string',
      at: '7:10',
      hint: 'put the value in quotes',
    },
  ])
})

test('a bad template and a wrong type are told together', async () => {
  const faults = await faultsOf(loadText('services:\n  a:\n    image: ${X\n    ports: 80\n'))
  expect(faults.map(({ code, at }) => [code, at])).toEqual([
    ['INTERPOLATION', '3:12'],
    ['SCHEMA_TYPE', '4:12'],
  ])
})

test('references to what is not there are told with their places', async () => {
  const text = `services:
  a:
    image: i
    networks: [n]
    volumes:
      - data:/x
    depends_on: [b]
`
  expect((await faultsOf(loadText(text))).map(({ code, at }) => [code, at])).toEqual([
    ['UNDEFINED_NETWORK', '4:16'],
    ['UNDEFINED_VOLUME', '6:9'],
    ['UNDEFINED_DEPENDENCY', '7:18'],
  ])
})

test('a cycle of dependencies is told as the way along it', async () => {
  const text =
    'services: {a: {image: i, depends_on: [b]}, b: {image: i, depends_on: [c]}, c: {image: i, links: [a]}}'
  const [fault] = await faultsOf(loadText(text))
  expect(fault?.message).toBe('dependency cycle detected: a -> b -> c -> a')
})

test('a tab, a duplicate key and an unknown alias are faults with a place', async () => {
  expect((await faultsOf(loadText('services:\n\ta: {}\n')))[0]).toMatchObject({
    code: 'YAML_SYNTAX',
    at: '2:1',
  })
  expect((await faultsOf(loadText('services:\n  a: {image: i, image: j}\n')))[0]).toMatchObject({
    code: 'YAML_DUPLICATE_KEY',
    at: '2:17',
  })
  expect((await faultsOf(loadText('services: *none\n')))[0]).toMatchObject({
    code: 'YAML_SYNTAX',
    at: '1:11',
  })
})

test('an unset variable and an old version are warnings', async () => {
  const { warnings } = await loadText('version: "3"\nservices: {a: {image: "x$UNSET"}}')
  expect(warnings.map(({ code }) => code)).toEqual(['UNSET_VARIABLE', 'OBSOLETE_VERSION'])
})

test('locations point into the file after loading', async () => {
  const { locations } = await loadText('services:\n  web:\n    image: nginx\n    ports:\n      - "80:80"\n')
  expect(locations.of(['services', 'web', 'ports', 0])).toMatchObject({
    line: 5,
    column: 9,
    excerpt: '      - "80:80"',
  })
  expect(locations.of(['services', 'web', 'image'])).toMatchObject({ line: 3, column: 12 })
  expect(locations.of(['services', 'web'])).toMatchObject({ line: 2, column: 3 })
})

test('a profile that is not active disables its services; naming one enables it', async () => {
  const text = 'services: {a: {image: i}, b: {image: i, profiles: [x]}}'
  const plain = await loadText(text)
  expect(Object.keys(plain.project.services)).toEqual(['a'])
  expect(Object.keys(plain.project.disabledServices)).toEqual(['b'])
  expect(Object.keys((await loadText(text, { profiles: ['x'] })).project.services)).toEqual(['a', 'b'])
  expect(Object.keys((await loadText(text, { services: ['b'] })).project.services)).toEqual(['b'])
})

test('selected services bring what they depend on', async () => {
  const text = 'services: {a: {image: i, depends_on: [b]}, b: {image: i}, c: {image: i}}'
  expect(Object.keys((await loadText(text, { services: ['a'] })).project.services).sort()).toEqual(['a', 'b'])
  expect((await faultsOf(loadText(text, { services: ['d'] })))[0]).toMatchObject({ code: 'NO_SUCH_SERVICE' })
})

test('a name that is given must be one already', async () => {
  expect((await faultsOf(loadText('services: {}', { projectName: 'Bad' })))[0]).toMatchObject({
    code: 'PROJECT_NAME',
    hint: 'bad would do',
  })
})

test('faults of later stages are told in the same run, what only follows from others is not', async () => {
  const text = `services:
  web:
    imge: nginx
    ports: ["80:80", "99999:1"]
    depends_on: [api, nope]
    mem_limit: 5zz
    env_file: none.env
  api: {}
  job: {image: i, networks: [lost], secrets: [gone]}
`
  expect((await faultsOf(loadText(text))).map(({ code, at }) => [code, at])).toEqual([
    ['UNKNOWN_KEY', '3:5'],
    ['PORT_SPEC', '4:22'],
    ['UNDEFINED_DEPENDENCY', '5:23'],
    ['DECODE', '6:16'],
    ['ENV_FILE_MISSING', '7:15'],
    ['NO_IMAGE', '8:8'],
    ['UNDEFINED_NETWORK', '9:30'],
    ['UNDEFINED_SECRET', '9:47'],
  ])
})

test('where services can not be found nothing is said of what is missing', async () => {
  const text = 'services: {a: {extends: gone}, b: {extends: {service: "${"}}, c: {}}'
  expect((await faultsOf(loadText(text))).map(({ code }) => code)).toEqual(['INTERPOLATION'])
  const faults = await faultsOf(loadText('services: {a: {extends: gone}, c: {}}'))
  expect(faults.map(({ code }) => code)).toEqual(['EXTENDS'])
})

test('indentation by tabs has a hint', async () => {
  const [fault] = await faultsOf(loadText('services:\n  a:\n\timage: i\n'))
  expect(fault).toMatchObject({ code: 'YAML_SYNTAX', at: '3:1', hint: expect.stringContaining('spaces') })
})

test('a warning is told even when an error follows', async () => {
  const told: string[] = []
  const loading = loadText('services: {a: {image: $NONE, ports: 5}}', {
    onWarning: ({ code }) => told.push(code),
  })
  expect((await faultsOf(loading)).map(({ code }) => code)).toEqual(['SCHEMA_TYPE'])
  expect(told).toEqual(['UNSET_VARIABLE'])
})
