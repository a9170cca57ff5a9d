import { type Case, json, yaml } from '../case.ts'
import { lines, rawLines } from '../texts.ts'

const service = (lines: string): string =>
  `services:\n  a:\n    image: i\n${lines}  b: {image: b}\nvolumes: {v: , V: , v.x: }\nsecrets: {s: {file: s}}\n`

const quoted = (text: string): string => JSON.stringify(text)

/** Values with a grammar of their own, in every spelling. */
export const shortForms = function* (): Generator<Case> {
  const env = { P: '90', D: './d' }
  const each = function* (key: string, value: string, lines: string): Generator<Case> {
    yield { name: `${key} ${value}`, files: { 'compose.yaml': service(lines) }, env }
  }
  for (const value of rawLines('ports')) {
    yield* each('ports', value, `    rawLines('ports'): [${value}]\n`)
    yield* each('expose', value, `    expose: [${value}]\n`)
  }
  for (const value of lines('volumes')) {
    yield* each('volumes', value, `    lines('volumes'): [${quoted(value)}]\n`)
    yield {
      name: `volumes ${value} raw`,
      files: { 'compose.yaml': service(`    lines('volumes'): [${quoted(value)}]\n`) },
      args: ['config', '--no-path-resolution', '--no-consistency'],
      env,
    }
    yield* each('bind', value, `    lines('volumes'): [{type: bind, source: ${quoted(value)}, target: /t}]\n`)
    yield* each('build', value, `    build: ${quoted(value)}\n`)
    yield* each('env_file', value, `    env_file: ${quoted(value)}\n`)
    yield* each('tmpfs', value, `    tmpfs: ${quoted(value)}\n`)
  }
  for (const value of lines('devices'))
    yield* each('devices', value, `    lines('devices'): [${quoted(value)}]\n`)
  for (const value of lines('commands'))
    for (const [index, key] of ['command', 'entrypoint'].entries())
      yield {
        name: `${key} ${value}`,
        files: { 'compose.yaml': service(`    ${key}: ${quoted(value)}\n`) },
        args: index === 0 ? json : yaml,
      }
  for (const value of lines('durations')) {
    yield* each('stop_grace_period', value, `    stop_grace_period: ${quoted(value)}\n`)
    yield* each('interval', value, `    healthcheck: {test: x, interval: ${quoted(value)}}\n`)
    yield* each('delay', value, `    deploy: {update_config: {delay: ${quoted(value)}}}\n`)
    yield* each('pull_policy', value, `    pull_policy: ${quoted(`every_${value}`)}\n`)
  }
  for (const value of lines('sizes')) {
    yield* each('mem_limit', value, `    mem_limit: ${quoted(value)}\n`)
    yield* each(
      'tmpfs.size',
      value,
      `    lines('volumes'): [{type: tmpfs, target: /t, tmpfs: {size: ${quoted(value)}}}]\n`,
    )
    yield* each('memory', value, `    deploy: {resources: {limits: {memory: ${quoted(value)}}}}\n`)
  }
  for (const value of lines('references')) {
    for (const key of [
      'links',
      'external_links',
      'volumes_from',
      'depends_on',
      'networks',
      'secrets',
      'configs',
      'models',
    ])
      yield* each(key, value, `    ${key}: [${quoted(value)}]\n`)
    for (const key of [
      'network_mode',
      'ipc',
      'pid',
      'uts',
      'userns_mode',
      'restart',
      'container_name',
      'hostname',
      'image',
      'mac_address',
      'platform',
      'user',
    ])
      yield* each(key, value, `    ${key}: ${quoted(value)}\n`)
  }
  for (const host of [
    'a:1.1.1.1',
    'a=1.1.1.1',
    'a',
    'a:',
    'a=',
    ':1',
    '=1',
    '',
    'a:::1',
    'a=[::1]',
    'a:[::1]',
    'a=1,2',
    'a b:1',
    'a:b:c',
    'host-gateway',
    'a:host-gateway',
    'a=b=c',
    'a = b',
  ])
    for (const key of ['extra_hosts', 'build'])
      yield* each(
        key,
        host,
        key === 'build'
          ? `    build: {context: ., extra_hosts: [${quoted(host)}]}\n`
          : `    extra_hosts: [${quoted(host)}]\n`,
      )
}
