import { afterAll, beforeAll, expect, test } from 'vitest'
import { Host } from '../host.ts'

let host: Host
beforeAll(async () => {
  host = await Host.create()
})
afterAll(() => host.destroy())

/** Each file has one fault; the message is to name it, with its place, and the exit status is that of `docker compose`. */
const faults: [title: string, yaml: string, place: string, words: string][] = [
  ['a wrong type', 'services:\n  a:\n    image: x\n    ports: yes\n', ':4:', 'services.a.ports'],
  ['an unknown key', 'services:\n  a:\n    image: x\n    comand: [x]\n', ':4:5', 'comand'],
  [
    'an undefined network',
    'services:\n  a:\n    image: x\n    networks: [nowhere]\n',
    ':4:',
    'undefined network nowhere',
  ],
  [
    'a cycle',
    'services:\n  a: { image: x, depends_on: [b] }\n  b: { image: x, depends_on: [a] }\n',
    'compose.yaml:',
    'dependency cycle detected',
  ],
  ['a tab', 'services:\n\ta:\n    image: x\n', ':2:1', 'found character that cannot start any token'],
  ['a duplicate key', 'services:\n  a:\n    image: x\n    image: y\n', ':4:5', 'image'],
]

for (const [title, yaml, place, words] of faults) {
  test(`${title} gives one message with file, line and column, and exit status 1`, async () => {
    const dir = host.project('bad', { 'compose.yaml': yaml })
    for (const command of [['config'], ['up', '-d']]) {
      const { code, stdout, stderr } = await host.compose(command, { cwd: dir })
      expect(code).toBe(1)
      expect(stdout).toBe('')
      expect(stderr).toContain(words)
      expect(stderr).toContain(`compose.yaml${place.startsWith(':') ? place : ''}`)
      expect(stderr.match(/ level=error /g)).toHaveLength(1)
      expect(stderr).not.toMatch(/^\s+at .*\.(mjs|ts|js):\d+:\d+/m)
    }
  })
}
