import { UserError } from '@container-compose/core'
import type { Project } from '../model/project.ts'
import type { EnvFile } from '../model/service.ts'
import { Fraction } from '../tree/value.ts'
import { goJson } from './json.ts'
import { compareKeys } from './key-order.ts'
import { Entries, type Printable, printYaml } from './yaml.ts'

/** The project as `config --format json` prints it, dollar signs not doubled. */
export const projectJson = (project: Project): string => {
  for (const [name, { build }] of Object.entries(project.services))
    if (build?.ssh?.some((key) => key.includes(': ')))
      throw new UserError(
        'UNPRINTABLE',
        "json: error calling MarshalJSON for type types.SSHKey: invalid character ':' after top-level value",
        { hint: `print it as YAML; JSON can't show services.${name}.build.ssh` },
      )
  const document: Record<string, unknown> = Object.create(null)
  document['name'] = project.name
  document['services'] = project.services
  for (const kind of ['networks', 'volumes', 'secrets', 'configs'] as const)
    if (Object.keys(project[kind]).length > 0) document[kind] = project[kind]
  Object.assign(document, project.extensions)
  return goJson(document, '  ')
}

/** The project as `config` prints it, dollar signs not doubled. */
export const projectYaml = (project: Project): string => {
  const entries: [string, Printable][] = []
  if (project.name !== '') entries.push(['name', project.name])
  entries.push(['services', printable(project.services, 'services')])
  for (const kind of ['networks', 'volumes', 'secrets', 'configs', 'models'] as const)
    if (Object.keys(project[kind]).length > 0) entries.push([kind, printable(project[kind], kind)])
  for (const key of Object.keys(project.extensions).sort(compareKeys))
    entries.push([key, printable(project.extensions[key], key)])
  return printYaml(new Entries(entries))
}

/** Members that YAML leaves out when there is nothing in them, though JSON shows them. */
const omittedWhenEmpty = new Set(['ipam', 'resources', 'placement', 'exec'])

/** Members that are fractions even if they are whole, so that large ones have an exponent. */
const fractions = new Set(['cpus', 'cpu_percent', 'max_failure_ratio'])

const printable = (value: unknown, name: string): Printable => {
  if (typeof value === 'number' && fractions.has(name)) return new Fraction(value, true)
  if (Array.isArray(value)) return value.map((item) => printable(item, name))
  if (value === null || value === undefined) return null
  if (typeof value !== 'object' || Object.getPrototypeOf(value) === null) {
    return typeof value === 'object'
      ? mappingOf(value as Record<string, unknown>, name)
      : (value as Printable)
  }
  if (Object.getPrototypeOf(value) !== Object.prototype) return value as Printable
  return structOf(value as Record<string, unknown>)
}

const mappingOf = (value: Record<string, unknown>, name: string): Entries =>
  new Entries(
    Object.keys(value)
      .sort(compareKeys)
      .map((key) => [key, name === 'ulimits' ? ulimit(value[key]) : printable(value[key], key)]),
  )

/** Both limits are shown, also those that are 0. */
const ulimit = (value: unknown): Printable => {
  if (typeof value !== 'object' || value === null) return value as Printable
  const { soft = 0, hard = 0 } = value as { soft?: number; hard?: number }
  return new Entries([
    ['soft', soft],
    ['hard', hard],
  ])
}

/** A required file is shown as its path. */
const envFile = ({ path = '', required }: EnvFile): Printable =>
  required
    ? path
    : new Entries([
        ['path', path],
        ['required', required],
      ])

const structOf = (value: Record<string, unknown>): Entries => {
  const entries: [string, Printable][] = []
  const extensions: string[] = []
  for (const key of Object.keys(value)) {
    const member = value[key]
    if (key.startsWith('x-')) extensions.push(key)
    else if (member !== undefined && !((key === 'command' || key === 'entrypoint') && member === null)) {
      const shown = key === 'env_file' ? (member as readonly EnvFile[]).map(envFile) : printable(member, key)
      const isNothing = shown instanceof Entries && shown.list.length === 0 && omittedWhenEmpty.has(key)
      if (!isNothing) entries.push([key, shown])
    }
  }
  for (const key of extensions.sort(compareKeys)) entries.push([key, printable(value[key], key)])
  return new Entries(entries)
}
