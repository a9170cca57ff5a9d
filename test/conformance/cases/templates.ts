import { type Case, json, yaml } from '../case.ts'
import { lines } from '../texts.ts'

const places: Readonly<Record<string, (text: string) => string>> = {
  image: (text) => `services: {a: {image: ${text}}}\n`,
  list: (text) => `services: {a: {image: i, command: [x, ${text}]}}\n`,
  environment: (text) => `services: {a: {image: i, environment: {K: ${text}, ${text}: v}}}\n`,
  label: (text) => `services: {a: {image: i, labels: [${text}, "b=\${B}"]}}\n`,
  extension: (text) => `x-e: {k: [${text}]}\nservices: {a: {image: i}}\n`,
  network: (text) => `services: {a: {image: i, networks: [n]}}\nnetworks: {n: {name: ${text}}}\n`,
  content: (text) => `services: {a: {image: i, configs: [c]}}\nconfigs: {c: {content: ${text}}}\n`,
  name: (text) => `name: ${text}\nservices: {a: {image: i}}\n`,
  scale: (text) => `services: {a: {image: i, scale: ${text}}}\n`,
  include: (text) => `include: [${text}]\nservices: {a: {image: i}}\n`,
  service: (text) => `services: {a: {image: i, extends: {service: ${text}}}, aa: {image: i}}\n`,
}

/** Templates, in places of several kinds. */
export const templates = function* (): Generator<Case> {
  const env = { A: 'aa', B: 'b b', E: '', A_B: 'under', AB: 'ab' }
  let count = 0
  for (const text of lines('templates'))
    for (const [place, write] of Object.entries(places)) {
      count += 1
      const files = { 'compose.yaml': write(JSON.stringify(text)) }
      yield { name: `${place} ${text}`, files, env, args: count % 4 === 0 ? yaml : json }
      if (place === 'image' || place === 'list') {
        yield { name: `${place} raw ${text}`, files, env, args: ['config', '--no-interpolate'] }
        yield { name: `${place} variables ${text}`, files, env, args: ['config', '--variables'] }
      }
    }
}
