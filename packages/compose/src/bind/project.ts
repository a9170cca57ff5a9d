import { secretContentKey } from '../env/resolve-variables.ts'
import type { Path } from '../locations.ts'
import type { FileObject, Model, Network, Volume } from '../model/resources.ts'
import type { Service } from '../model/service.ts'
import type { Report } from '../report.ts'
import { locatePath } from '../tree/locate.ts'
import { Dict, isDict, type Value } from '../tree/value.ts'
import { Binder, decodingFailed, type Shape } from './binder.ts'
import { collectExtensions } from './extensions.ts'
import { plainValue } from './plain.ts'
import { fileObject, model, network, volume } from './resources.ts'
import { service } from './service.ts'
import { extensionsKey } from './shapes.ts'

/** The parts of a project that files describe. */
export interface BoundProject {
  readonly services: Record<string, Service>
  readonly networks: Record<string, Network>
  readonly volumes: Record<string, Volume>
  readonly secrets: Record<string, FileObject>
  readonly configs: Record<string, FileObject>
  readonly models: Record<string, Model>
  readonly extensions: Record<string, unknown>
  readonly secretContents: Record<string, string>
}

/** Turns a document in long form into the model. The tree is changed; faults go to the report. */
export const bindProject = (root: Dict, report: Report): BoundProject => {
  collectExtensions(root)
  const faults: { readonly path: Path; readonly message: string }[] = []
  const binder = new Binder({
    fault: (path, message) => faults.push({ path, message }),
    warn: (path, message) => report.warn('OLD_BOOLEAN', message, locatePath(root, path)),
  })
  const bound = <T>(kind: string, shape: Shape): Record<string, T> => {
    const made: Record<string, T> = Object.create(null)
    const holder = root.get(kind)
    if (isDict(holder))
      binder.field(kind, holder, () => {
        for (const [name, entry] of holder)
          if (name !== extensionsKey) made[name] = (binder.entry(name, emptyIfNull(entry), shape) ?? {}) as T
      })
    return made
  }
  const extensions = root.get(extensionsKey)
  const secretContents: Record<string, string> = Object.create(null)
  takeContents(root.get('secrets'), secretContents)
  takeContents(root.get('configs'), secretContents)
  const project: BoundProject = {
    services: bound('services', service),
    networks: bound('networks', network),
    volumes: bound('volumes', volume),
    secrets: bound('secrets', fileObject),
    configs: bound('configs', fileObject),
    models: bound('models', model),
    extensions: (isDict(extensions) ? plainValue(extensions) : Object.create(null)) as Record<
      string,
      unknown
    >,
    secretContents,
  }
  if (faults.length > 0)
    report.fault('DECODE', decodingFailed(faults.map(({ message }) => message)), {
      at: faults.flatMap(({ path }) => locatePath(root, path) ?? []),
    })
  return project
}

const emptyIfNull = (value: Value): Value => value ?? new Dict()

/** Takes what a variable gave out of secrets and configs: it is never printed. */
const takeContents = (holder: Value | undefined, contents: Record<string, string>): void => {
  if (!isDict(holder)) return
  for (const [name, object] of holder) {
    if (!isDict(object) || typeof object.get('environment') !== 'string') continue
    const extensions = object.get(extensionsKey)
    const secret = isDict(extensions) ? extensions.get(secretContentKey) : undefined
    const content = secret ?? object.get('content')
    if (typeof content === 'string') contents[name] = content
    if (isDict(extensions)) extensions.delete(secretContentKey)
    object.delete('content')
  }
}
