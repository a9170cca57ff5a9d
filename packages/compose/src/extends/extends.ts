import { UserError } from '@container-compose/core'
import { toCanonical } from '../canonical/canonical.ts'
import type { ExtendedFile, LoadContext, LoadedDocument } from '../context.ts'
import { mergeFiles, mergeService } from '../merge/merge.ts'
import { applyResets } from '../merge/reset.ts'
import { keepUnique } from '../merge/unique.ts'
import { loadDocuments } from '../parse/load-documents.ts'
import { folderOf, resolveIn } from '../paths/folders.ts'
import { refuseRemote } from '../paths/remote.ts'
import { resolvePaths } from '../paths/resolve.ts'
import { goQuote } from '../tree/go-text.ts'
import { cloneValue, Dict, dict, isDict, type Value } from '../tree/value.ts'

interface Origin {
  readonly file: string
  readonly service: string
}

interface Scope {
  readonly services: Dict
  /** As messages name it. */
  readonly file: string
  readonly resets: readonly (readonly string[])[]
}

/**
 * Replaces `extends` in the services of a document by what is extended. Faults go to the report; false when the services are
 * none, so that there is nothing to go on with.
 */
export const applyExtends = (document: LoadedDocument, context: LoadContext): boolean => {
  const services = document.root.get('services')
  if (services === undefined) return true
  if (!isDict(services)) {
    context.report.faultAt(document.root, ['services'], 'WRONG_TYPE', 'services must be a mapping')
    return false
  }
  const extender = new Extender(document.root, document.file, context)
  const scope = { services, file: document.file, resets: document.resets }
  for (const name of services.keys()) services.set(name, extender.service(name, scope, []))
  return true
}

class Extender {
  readonly #root: Dict
  readonly #mainFile: string
  readonly #context: LoadContext

  constructor(root: Dict, mainFile: string, context: LoadContext) {
    this.#root = root
    this.#mainFile = mainFile
    this.#context = context
  }

  /** The service with all that it extends merged in. */
  service(name: string, scope: Scope, chain: readonly Origin[]): Value {
    const service = scope.services.get(name) ?? null
    if (service === null) return null
    if (!isDict(service)) {
      this.#fault(name, 'WRONG_TYPE', `services.${name} must be a mapping`)
      return service
    }
    const extended = service.get('extends')
    if (extended === undefined) return service
    const base = this.#base(name, extended, scope, chain)
    if (base === undefined || base === null) return service
    const source = cloneValue(base)
    if (!isDict(source)) return service
    applyResets(dict({ services: dict({ [name]: source }) }), scope.resets)
    const merged = mergeService(source, service, 'x', (path) =>
      this.#fault(name, 'MERGE_CLASH', `cannot override ${path}`),
    )
    merged.delete('extends')
    scope.services.set(name, merged)
    return merged
  }

  #fault(name: string, code: string, message: string): undefined {
    this.#context.report.faultAt(this.#root, ['services', name, 'extends'], code, message)
    this.#context.report.giveUp()
    return undefined
  }

  #base(name: string, extended: Value, scope: Scope, chain: readonly Origin[]): Value | undefined {
    const reference = isDict(extended) ? extended.get('service') : extended
    const file = isDict(extended) ? extended.get('file') : undefined
    if (isDict(extended) && typeof reference !== 'string')
      return this.#fault(name, 'EXTENDS', `extends.${name}.service is required`)
    const service = typeof reference === 'string' ? reference : ''
    if (file !== undefined && file !== null && typeof file !== 'string')
      return this.#fault(name, 'EXTENDS', `services.${name}.extends.file must be a string`)
    const from = typeof file === 'string' ? this.#fileScope(name, service, file) : scope
    if (from === undefined) return undefined
    if (from === scope && !scope.services.has(service))
      return this.#fault(
        name,
        'EXTENDS',
        `cannot extend service ${goQuote(name)} in ${this.#mainFile}: service ${goQuote(service)} not found`,
      )
    const here = { file: typeof file === 'string' ? file : this.#mainFile, service: name }
    if (chain.some((link) => link.file === here.file && link.service === here.service))
      return this.#fault(name, 'EXTENDS_CYCLE', cycleMessage([...chain, here]))
    return this.service(service, from, [...chain, here])
  }

  #fileScope(name: string, service: string, file: string): Scope | undefined {
    const loaded = this.#load(name, file)
    if (loaded === undefined) return undefined
    if (loaded.services.has(service)) return { ...loaded, file }
    return this.#fault(
      name,
      'EXTENDS',
      `cannot extend service ${goQuote(name)} in ${this.#mainFile}: service ${goQuote(service)} not found in ${file}`,
    )
  }

  #load(name: string, file: string): ExtendedFile | undefined {
    const { shared, fileDirectory } = this.#context
    const path = resolveIn(fileDirectory, file)
    const folder = folderOf(file, fileDirectory, this.#context.cwd)
    const key = `${path}\0${folder}`
    const known = shared.extendedFiles.get(key)
    if (known !== undefined) return known
    try {
      refuseRemote(file)
      const loaded = loadExtendedFile(path, folder, this.#context)
      if (loaded.services === undefined)
        return this.#fault(
          name,
          'EXTENDS',
          `cannot extend service ${goQuote(name)} in ${path}: no services section`,
        )
      if (!isDict(loaded.services))
        return this.#fault(
          name,
          'EXTENDS',
          `cannot extend service ${goQuote(name)} in ${path}: services must be a mapping`,
        )
      const extendedFile = { services: loaded.services, resets: loaded.resets }
      shared.extendedFiles.set(key, extendedFile)
      return extendedFile
    } catch (error) {
      if (!(error instanceof UserError)) throw error
      return this.#fault(name, error.code, error.message)
    }
  }
}

/** A file's documents, merged and in long form, with paths as the extending file has to write them. */
const loadExtendedFile = (
  file: string,
  folder: string,
  context: LoadContext,
): { services: Value | undefined; resets: readonly (readonly string[])[] } => {
  const { report, stages, cwd, home } = context
  let root = new Dict()
  let resets: readonly (readonly string[])[] = []
  for (const document of loadDocuments(file, context)) {
    applyResets(root, document.resets)
    root = mergeFiles(root, document.root, (path) => report.fault('MERGE_CLASH', `cannot override ${path}`))
    keepUnique(root, report)
    toCanonical(root, { report, keepUnreadable: !stages.interpolate })
    keepUnique(root, report)
    resets = document.resets
  }
  resolvePaths(root, { base: folder, cwd, home, report })
  return { services: root.get('services'), resets }
}

const cycleMessage = ([first, ...more]: readonly Origin[]): string =>
  [
    'Circular reference:',
    `  ${first?.service} in ${first?.file}`,
    ...more.map(({ service, file }) => `  extends ${service} in ${file}`),
  ].join('\n')
