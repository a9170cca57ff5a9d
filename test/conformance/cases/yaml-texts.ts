import { type Case, yaml } from '../case.ts'
import { documents, lines } from '../texts.ts'

/** Scalars in an extension, a text, an environment, and a key; and whole documents(). */
export const yamlTexts = function* (): Generator<Case> {
  const env = { A: 'aa' }
  for (const text of lines('scalars')) {
    const each = function* (place: string, body: string): Generator<Case> {
      yield { name: `${place} ${JSON.stringify(text)}`, files: { 'compose.yaml': body }, env }
      yield {
        name: `${place} ${JSON.stringify(text)} yaml`,
        files: { 'compose.yaml': body },
        env,
        args: yaml,
      }
    }
    yield* each('x', `services: {a: {image: i}}\nx-v:\n    k: ${text}\n`)
    yield* each('command', `services:\n  a:\n    image: i\n    command: ${text}\n`)
    yield* each('environment', `services:\n  a:\n    image: i\n    environment:\n     K: ${text}\n`)
    yield* each('flow', `services: {a: {image: i, labels: {l: ${text}}}}\n`)
    yield* each('item', `services:\n  a:\n    image: i\n    command:\n    - x\n    - ${text}\n`)
    if (!text.includes('\n')) yield* each('key', `services: {a: {image: i}}\nx-v:\n  ${text}: v\n`)
  }
  for (const [name, text] of Object.entries(documents())) {
    yield { name: `document ${name}`, files: { 'compose.yaml': text }, env }
    yield { name: `document ${name} yaml`, files: { 'compose.yaml': text }, env, args: yaml }
    yield {
      name: `document ${name} no-interpolate`,
      files: { 'compose.yaml': text },
      env,
      args: ['config', '--no-interpolate'],
    }
    yield {
      name: `document ${name} override`,
      files: {
        'compose.yaml':
          'services: {a: {image: i, user: u, ports: ["1"]}, z: {image: z}}\nnetworks: {n: {}}\n',
        'compose.override.yaml': text,
      },
      env,
    }
    yield {
      name: `document ${name} include`,
      files: { 'compose.yaml': 'include: [other.yaml]\nservices: {z: {image: z}}\n', 'other.yaml': text },
      env,
    }
    yield {
      name: `document ${name} extends`,
      files: {
        'compose.yaml': 'services: {z: {image: z, extends: {file: other.yaml, service: a}}}\n',
        'other.yaml': text,
      },
      env,
    }
  }
}
