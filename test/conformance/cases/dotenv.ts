import { type Case, json } from '../case.ts'
import { lines } from '../texts.ts'

const usesIt = `services:
  a:
    image: "i:\${A-unset}"
    environment: [A, B, C, "X=\${X-none}"]
`
const viaEnvFile = 'services: {a: {image: i, env_file: own.env, environment: {O: "1", P: }}}\n'
const viaLabelFile = 'services: {a: {image: i, label_file: own.env}}\n'
const viaInclude = 'include: [{path: sub.yaml, env_file: own.env}]\nservices: {}\n'

/** Texts of env files, in all places that read them. */
export const dotenv = function* (): Generator<Case> {
  const env = { X: 'shell' }
  for (const text of lines('dotenv')) {
    const name = JSON.stringify(text)
    yield { name: `env ${name}`, files: { 'compose.yaml': usesIt, '.env': text }, env }
    yield { name: `file ${name}`, files: { 'compose.yaml': viaEnvFile, 'own.env': `${text}\n` }, env }
    yield { name: `label ${name}`, files: { 'compose.yaml': viaLabelFile, 'own.env': text }, env }
    yield {
      name: `raw ${name}`,
      files: {
        'compose.yaml':
          'services: {a: {image: i, env_file: [{path: own.env, format: raw}], environment: {O: "1"}}}\n',
        'own.env': text,
      },
      env,
    }
    yield {
      name: `flag ${name}`,
      files: {
        'compose.yaml': usesIt,
        'own.env': `${text}\nLAST=1`,
        'second.env': 'B=${A}second\nC="$LAST"\n',
      },
      args: ['--env-file', 'own.env', '--env-file', 'second.env', ...json],
      env,
    }
    yield {
      name: `include ${name}`,
      files: { 'compose.yaml': viaInclude, 'sub.yaml': usesIt, 'own.env': text },
      env,
    }
    yield {
      name: `environment ${name}`,
      files: { 'compose.yaml': usesIt, '.env': text },
      args: ['config', '--environment'],
      env,
    }
  }
}
