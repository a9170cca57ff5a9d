/** A number from 0 to 1, the same sequence for one seed (mulberry32). */
export type Random = () => number

export const randomFrom = (seed: number): Random => {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296
  }
}

export const pick = <T>(random: Random, from: readonly T[]): T =>
  from[Math.floor(random() * from.length)] as T

/** Lines that a service may hold, none of them twice in one. */
const lines = [
  'command: [run, "--x=$$HOME", "a: b", "multi\\nline", " lead", "#no", "1e3", "yes", "é\\u2028"]',
  'command: sh -c "echo hi"',
  'entrypoint: ""',
  'environment: {A: 1, B: , C: "x y", D: "<&>", "E.f": true}',
  'ports: ["80", "8080:81/udp", "127.0.0.1:90:90", "1000-1002:2000-2002"]',
  'volumes: [/anon, "data:/data:ro", {type: tmpfs, target: /t, tmpfs: {size: 1g, mode: 0o1777}}]',
  'networks: {back: {aliases: [x], priority: 5}, default: }',
  'healthcheck: {test: curl x, interval: 1m30s, timeout: 500ms, retries: 3}',
  'deploy: {replicas: 2, resources: {limits: {cpus: "0.5", memory: 1.5g}}, update_config: {delay: 1m}}',
  'labels: [a=b, "c=d=e", f]',
  'ulimits: {nofile: {soft: 1, hard: 2}, nproc: 5}',
  'extra_hosts: ["h:1.2.3.4", "v6=::1"]',
  'logging: {driver: json-file, options: {max-size: 10m}}',
  'cap_add: [NET_ADMIN]',
  'stop_grace_period: 2h45m10s',
  'shm_size: 512m',
  'cpu_shares: 512',
  'tmpfs: /run',
  'sysctls: {net.core.somaxconn: 1024}',
  'build: {context: ./src, args: [X=1, Y], target: t}',
  'develop: {watch: [{path: ./src, action: sync, target: /app, ignore: [node_modules]}]}',
  'post_start: [{command: [echo, hi], user: root}]',
  'x-own: {list: [1, 2.5, null, true, "t"], date: "2020-01-01"}',
  'dns: [1.1.1.1]',
  'gpus: all',
  'restart: "no"',
  'user: "1000"',
  'blkio_config: {weight: 300}',
]

/** A project that is right, with a few services. */
export const randomProject = (random: Random): string => {
  let text = 'services:\n'
  for (let count = 1 + Math.floor(random() * 3); count > 0; count -= 1) {
    text += `  s${count}:\n    image: img:${count}\n`
    const chosen = new Map<string, string>()
    for (let index = 0; index < 8; index += 1) {
      const line = pick(random, lines)
      chosen.set(line.split(':', 1)[0] as string, line)
    }
    for (const line of chosen.values()) text += `    ${line}\n`
  }
  return `${text}networks: {back: {internal: true}}\nvolumes: {data: {}}\n`
}

/** Texts to start from. */
export const corpus: readonly string[] = [
  ...[4, 5, 6, 7].map((seed) => randomProject(randomFrom(seed))),
  'x-a: &a {b: 1}\nservices:\n  a: {<<: *a, image: i}\n  b:\n    image: |\n      x\n    command: >-\n      a\n      b\n',
  'services:\n  a:\n    image: ${A:-${B:+c}}\n    environment:\n      - A=$$x\n      - B=${C?no}\n',
  'include: [a.yaml]\nservices: {a: {extends: b}, b: {image: i}}\n---\nservices: {c: {image: "i"}}\n',
]

const fragments = [
  '${',
  '}',
  '$',
  ':',
  ': ',
  '- ',
  '\n',
  '\t',
  '  ',
  '[',
  ']',
  '{',
  '}',
  '"',
  "'",
  '|',
  '>',
  '&a ',
  '*a',
  '<<: *a',
  '!reset ',
  '!override ',
  '!!int ',
  '#',
  '? ',
  '---\n',
  '...\n',
  '%YAML 1.1\n',
  '\\',
  '\u00e9',
  '\ud83d\ude00',
  '0x1f',
  '1e999',
  '~',
  'null',
  'true',
  '-1',
  '1.5',
  '2001-01-01',
  'x-',
  'services:',
  'extends: a',
  '\u2028',
  '\x00',
  '__proto__: 1',
  'constructor: {}',
]

/** The text with a few things put in, taken out, or doubled. */
export const mutate = (text: string, random: Random): string => {
  let mutated = text
  for (let count = 1 + Math.floor(random() * 4); count > 0; count -= 1) {
    const at = Math.floor(random() * mutated.length)
    const length = Math.floor(random() * 12)
    const kind = random()
    if (kind < 0.5) mutated = mutated.slice(0, at) + pick(random, fragments) + mutated.slice(at)
    else if (kind < 0.8) mutated = mutated.slice(0, at) + mutated.slice(at + length)
    else mutated = mutated.slice(0, at + length) + mutated.slice(at)
  }
  return mutated
}
