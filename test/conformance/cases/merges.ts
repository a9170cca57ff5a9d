import { type Case, json, yaml } from '../case.ts'
import { resourceSamples, serviceSamples } from './attribute-samples.ts'

const surroundings = `  b: {image: b}
  c: {image: c}
networks: {n: {}, o: {}}
volumes: {v: {}}
secrets: {s: {file: ./s}, t: {environment: T}}
configs: {c: {content: c}, d: {file: ./d}}
models: {m: {model: x}}
`
const beside: Readonly<Record<string, string>> = {
  'a.env': 'A=file\nZ="q $A"\n',
  'b.env': "A=b\nY='$A'\n",
  'l.env': 'l=1\nm=two words\n',
}
const env = { V: 'v', SECRET: 'hush' }

const service = (key: string, value: string): string =>
  `services:\n  a:\n${key === 'image' ? '' : '    image: i\n'}    ${key}: ${value}\n`

/** Each attribute in each of its forms alone. */
export const attributes = function* (): Generator<Case> {
  for (const [key, samples] of Object.entries(serviceSamples))
    for (const value of samples)
      for (const args of [json, yaml, ['config', '--hash', 'a']])
        yield {
          name: `${key}: ${value} ${args.length}`,
          files: { 'compose.yaml': service(key, value) + surroundings, ...beside },
          args,
          env,
        }
  for (const [kind, samples] of Object.entries(resourceSamples))
    for (const value of samples)
      for (const args of [json, yaml, ['--all-resources', 'config']])
        yield {
          name: `${kind}: ${value} ${args.length}`,
          files: { 'compose.yaml': usingAll(kind, value) },
          args,
          env,
        }
}

const usingAll = (kind: string, value: string): string =>
  `services: {a: {image: i, ${kind}: [${kind === 'volumes' ? '"r:/r"' : 'r'}]}}\n${kind}: {r: ${value}, unused: ${value}}\n`

/** Each attribute of two files merged, in all pairs of forms and with the tags; and the same pairs by extends. */
export const merges = function* (): Generator<Case> {
  for (const [key, samples] of Object.entries(serviceSamples)) {
    const again = [
      'null',
      '!reset null',
      '!reset []',
      `!override ${samples[0]}`,
      `!override ${samples[samples.length - 1]}`,
    ]
    for (const base of samples)
      for (const override of [...samples, ...again]) {
        const files = { 'compose.yaml': service(key, base) + surroundings, ...beside }
        yield {
          name: `${key}: ${base} <- ${override}`,
          files: { ...files, 'compose.override.yaml': `services: {a: {${key}: ${override}}}\n` },
          env,
        }
        if (key === 'extends' || override.startsWith('!')) continue
        yield {
          name: `${key}: ${base} <- extends ${override}`,
          files: {
            ...files,
            'compose.yaml': `services:\n  base: {image: z, ${key}: ${base}}\n  a: {extends: base, ${key}: ${override}}\n${surroundings}`,
          },
          env,
        }
      }
  }
  for (const [kind, samples] of Object.entries(resourceSamples))
    for (const base of samples)
      for (const override of [...samples, '!reset null', `!override ${samples[1]}`])
        yield {
          name: `${kind}: ${base} <- ${override}`,
          files: {
            'compose.yaml': usingAll(kind, base),
            'compose.override.yaml': `${kind}: {r: ${override}}\n`,
          },
          env,
        }
}
