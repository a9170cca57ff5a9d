import { describe, expect, test } from 'vitest'
import { projectJson } from '../print/project.ts'
import { faultsOf, loadText } from './load-text.ts'

interface AttributeCases {
  /** What is written, and what `config --format json` shows of it; undefined: nothing. */
  readonly takes: readonly (readonly [yaml: string, shown: unknown])[]
  /** What is written, and the code of the fault. */
  readonly refuses: readonly (readonly [yaml: string, code: string])[]
}

/** What volumes, networks, secrets and configs a service in these tests may name. */
const surroundings = `
  b: {image: b, build: .}
networks: {n: {}}
volumes: {v: {}}
secrets: {s: {file: ./s}, s2: {file: ./s2}}
configs: {c: {file: ./c}, c2: {file: ./c2}}
models: {m: {model: x}}
`

/** Tests one attribute of a service: texts in, model or error out. */
export const attribute = (name: string, { takes, refuses }: AttributeCases): void => {
  const load = (yaml: string) => {
    const source = name === 'image' || name === 'build' ? '' : '    image: i\n'
    return loadText(`services:\n  a:\n${source}    ${name}: ${yaml}${surroundings}`, { profiles: ['*'] })
  }
  describe(name, () => {
    for (const [yaml, shown] of takes)
      test(`${yaml} is taken`, async () => {
        const { project } = await load(yaml)
        expect(JSON.parse(projectJson(project)).services.a[name]).toEqual(shown)
      })
    for (const [yaml, code] of refuses)
      test(`${yaml} is refused with ${code}`, async () => {
        const faults = await faultsOf(load(yaml))
        expect(faults.map((fault) => fault.code)).toContain(code)
        expect(faults[0]?.at).toMatch(/^[0-9]+:[0-9]+$/)
      })
  })
}
