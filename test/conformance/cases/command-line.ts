import type { Case } from '../case.ts'
import { lines } from '../texts.ts'

const project: Readonly<Record<string, string>> = {
  'compose.yaml': `name: \${NAME:-shop}
x-common: &common
  restart: \${RESTART:-always}
  logging: {driver: json-file}
services:
  web:
    <<: *common
    image: nginx:\${TAG?tag}
    ports: ["\${PORT:-8080}:80"]
    depends_on: [api]
    env_file: [web.env]
    volumes: ["./html:/html:ro", "cache:/cache"]
    networks: [front]
  api:
    <<: *common
    build: {context: ./api, args: {V: "\${V-1}"}}
    environment: {DB: "postgres://db/\${DB_NAME}", SECRET: }
    networks: [front, back]
    secrets: [key]
    configs: [conf]
    depends_on: {db: {condition: service_healthy}}
  db:
    image: postgres:16@sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855
    networks: [back]
    volumes: ["data:/var/lib/postgresql/data"]
    models: [llm]
  debug:
    image: busybox
    profiles: [debug, "tools"]
    links: ["db:database"]
    entrypoint: sleep $$TIME
  only:
    image: "alpine:3"
    profiles: [extra]
    networks: {odd: {}}
    volumes: ["unused2:/u"]
networks:
  front: {}
  back: {internal: true}
  odd: {external: true}
  never: {}
volumes: {cache: , data: {driver: local}, unused: , unused2: }
secrets: {key: {environment: SECRET}, spare: {file: ./spare}}
configs: {conf: {content: "a=\${V-1}"}, spare: {file: ./spare}}
models: {llm: {model: ai/x}, idle: {model: ai/y}}
`,
  'web.env': 'FROM_FILE=1\nQ="$DB_NAME"\n',
  '.env': 'TAG=1.2\nDB_NAME=shop\n',
  'other.env': 'TAG=9\nPORT=9090\nDB_NAME=other\n',
  'over.yaml':
    'services: {web: {ports: ["443:443"], image: "other:${TAG}"}, extra: {image: e, profiles: [extra]}}\n',
  'sub/none': '',
}

const environments: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  COMPOSE_FILE: { COMPOSE_FILE: 'compose.yaml:over.yaml' },
  'COMPOSE_FILE separator': { COMPOSE_FILE: 'compose.yaml,over.yaml', COMPOSE_PATH_SEPARATOR: ',' },
  'COMPOSE_FILE missing': { COMPOSE_FILE: 'none.yaml' },
  'COMPOSE_FILE empty': { COMPOSE_FILE: '' },
  'COMPOSE_FILE trailing': { COMPOSE_FILE: 'compose.yaml:' },
  COMPOSE_PROFILES: { COMPOSE_PROFILES: 'debug,extra' },
  'COMPOSE_PROFILES spaces': { COMPOSE_PROFILES: 'debug, extra' },
  'COMPOSE_PROFILES star': { COMPOSE_PROFILES: '*' },
  'COMPOSE_PROFILES empty': { COMPOSE_PROFILES: '' },
  COMPOSE_PROJECT_NAME: { COMPOSE_PROJECT_NAME: 'envname' },
  'COMPOSE_PROJECT_NAME bad': { COMPOSE_PROJECT_NAME: 'Env Name' },
  'COMPOSE_PROJECT_NAME empty': { COMPOSE_PROJECT_NAME: '' },
  COMPOSE_ENV_FILES: { COMPOSE_ENV_FILES: 'other.env' },
  'COMPOSE_ENV_FILES two': { COMPOSE_ENV_FILES: '.env,other.env' },
  'COMPOSE_ENV_FILES missing': { COMPOSE_ENV_FILES: 'none.env' },
  'COMPOSE_ENV_FILES empty': { COMPOSE_ENV_FILES: '' },
  COMPOSE_DISABLE_ENV_FILE: { COMPOSE_DISABLE_ENV_FILE: '1' },
  'COMPOSE_DISABLE_ENV_FILE true': { COMPOSE_DISABLE_ENV_FILE: 'true', TAG: 'x' },
  'COMPOSE_DISABLE_ENV_FILE 0': { COMPOSE_DISABLE_ENV_FILE: '0' },
  'COMPOSE_DISABLE_ENV_FILE word': { COMPOSE_DISABLE_ENV_FILE: 'word' },
  COMPOSE_COMPATIBILITY: { COMPOSE_COMPATIBILITY: 'true' },
  COMPOSE_PARALLEL_LIMIT: { COMPOSE_PARALLEL_LIMIT: 'x' },
  COMPOSE_CONVERT_WINDOWS_PATHS: { COMPOSE_CONVERT_WINDOWS_PATHS: '1' },
  COMPOSE_IGNORE_ORPHANS: { COMPOSE_IGNORE_ORPHANS: 'x' },
  COMPOSE_PROGRESS: { COMPOSE_PROGRESS: 'x' },
  COMPOSE_ANSI: { COMPOSE_ANSI: 'x' },
  values: { TAG: 'shell', NAME: 'From Shell', SECRET: 's', RESTART: '"no"' },
  'no HOME': { HOME: '' },
  'PWD elsewhere': { PWD: '/' },
  DOCKER_DEFAULT_PLATFORM: { DOCKER_DEFAULT_PLATFORM: 'linux/arm64' },
}

const words = (text: string): string[] =>
  text === '' ? [] : text.split(' ').map((word) => (word === '""' ? '' : word))

/** Options and variables of `config`, over one project. */
export const commandLine = function* (): Generator<Case> {
  for (const options of lines('options-single'))
    yield { name: `config ${options}`, files: project, args: ['config', ...words(options)] }
  for (const global of lines('options-before'))
    for (const options of lines('options-after'))
      yield {
        name: `${global} config ${options}`,
        files: project,
        args: [...words(global), 'config', ...words(options)],
        stdin: project['compose.yaml'] as string,
      }
  for (const [name, env] of Object.entries(environments))
    for (const options of lines('options-after'))
      yield { name: `${name}: config ${options}`, files: project, args: ['config', ...words(options)], env }
  for (const [name, env] of Object.entries(environments)) {
    const lines = Object.entries(env).map(([key, value]) => `${key}=${value}\n`)
    const files = { ...project, '.env': `${project['.env']}${lines.join('')}` }
    yield { name: `${name} in .env`, files }
    yield { name: `${name} in --env-file`, files, args: ['--env-file', '.env', 'config'] }
    yield { name: `${name} below`, files, args: ['config'], cwd: 'sub' }
  }
  for (const cwd of ['sub', 'sub/deeper'])
    for (const options of [
      '',
      '--project-directory ..',
      '-f ../compose.yaml',
      '--env-file ../other.env',
      '--env-file other.env',
      '-f ../compose.yaml --project-directory .',
      '-p x',
    ])
      yield {
        name: `in ${cwd}: ${options}`,
        files: { ...project, 'sub/.env': 'TAG=sub\n', 'sub/other.env': 'TAG=subother\n' },
        args: [...words(options), 'config'],
        cwd,
      }
}

const names = ['compose.yaml', 'compose.yml', 'docker-compose.yml', 'docker-compose.yaml'] as const
const overrides = [
  'compose.override.yml',
  'compose.override.yaml',
  'docker-compose.override.yml',
  'docker-compose.override.yaml',
] as const

/** Which files make a project. */
export const discovery = function* (): Generator<Case> {
  const base = (tag: string): string =>
    `services: {a: {image: "i:${tag}"}, ${tag.replace(/\W/g, '')}: {image: j}}\n`
  for (const first of names) {
    for (const second of names)
      yield { name: `${first} ${second}`, files: { [first]: base(first), [second]: base(second) } }
    for (const override of overrides) {
      yield { name: `${first} ${override}`, files: { [first]: base(first), [override]: base(override) } }
      yield {
        name: `${first} ${override} below`,
        files: { [first]: base(first), [override]: base(override), 'sub/x': '' },
        cwd: 'sub',
      }
      yield {
        name: `${first} in parent, ${override} here`,
        files: { [`../${first}`]: base(first), [override]: base(override) },
      }
    }
  }
  for (const one of overrides)
    for (const other of overrides)
      yield {
        name: `${one} ${other}`,
        files: { 'compose.yaml': base('x'), [one]: base(one), [other]: base(other) },
      }
  yield { name: 'nothing', files: {} }
  yield { name: 'override alone', files: { 'compose.override.yaml': base('o') } }
  yield { name: 'folder as file', files: { 'compose.yaml/x': '' } }
  yield { name: 'folder then file', files: { 'compose.yaml/x': '', 'compose.yml': base('y') } }
  yield { name: 'stdin', files: {}, stdin: base('s'), args: ['-f', '-', 'config'] }
  yield { name: 'stdin empty', files: {}, stdin: '', args: ['-f', '-', 'config'] }
  yield {
    name: 'stdin and file',
    files: { 'a.yaml': base('a') },
    stdin: base('s'),
    args: ['-f', '-', '-f', 'a.yaml', 'config'],
  }
  yield {
    name: 'file and stdin',
    files: { 'a.yaml': base('a') },
    stdin: base('s'),
    args: ['-f', 'a.yaml', '-f', '-', 'config'],
  }
  yield {
    name: 'stdin relative',
    files: { 'a.env': 'A=1' },
    stdin: 'services: {a: {image: i, env_file: a.env, volumes: ["./x:/x"]}}',
    args: ['-f', '-', 'config'],
  }
  yield {
    name: 'stdin in sub',
    files: { 'sub/a.env': 'A=1' },
    cwd: 'sub',
    stdin: 'services: {a: {image: i, env_file: a.env, volumes: ["./x:/x"]}}',
    args: ['-f', '-', 'config'],
  }
  yield { name: 'stdin twice', files: {}, stdin: base('s'), args: ['-f', '-', '-f', '-', 'config'] }
  yield {
    name: 'stdin project directory',
    files: { 'sub/.env': 'T=sub' },
    stdin: 'services: {a: {image: "i:${T}", build: .}}',
    args: ['-f', '-', '--project-directory', 'sub', 'config'],
  }
  for (const folder of ['Up Per', '_x', '-x', '9', 'a.b', 'é', 'x_-y', '...x', '__', 'A'])
    yield { name: `folder ${folder}`, files: { [`${folder}/compose.yaml`]: base('f') }, cwd: folder }
  yield {
    name: 'first file elsewhere',
    files: {
      'one/a.yaml': base('a'),
      'two/b.yaml': 'services: {b: {image: i, build: .}}',
      'one/.env': 'X=1',
    },
    args: ['-f', 'one/a.yaml', '-f', 'two/b.yaml', 'config'],
  }
  yield {
    name: 'parent by -f',
    files: { '../up.yaml': 'services: {b: {image: i, build: ., volumes: ["./v:/v"]}}' },
    args: ['-f', '../up.yaml', 'config'],
  }
}
