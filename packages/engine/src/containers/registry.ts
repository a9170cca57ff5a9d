import { badParameter, conflict, notFound } from '../api/errors.ts'
import type { Container } from './container.ts'

/** All containers of the engine, by id and by name. */
export class ContainerRegistry {
  readonly #byId = new Map<string, Container>()
  readonly #idByName = new Map<string, string>()

  add(container: Container): void {
    this.#byId.set(container.id, container)
    this.#idByName.set(container.name, container.id)
  }

  delete(container: Container): void {
    this.#byId.delete(container.id)
    if (this.#idByName.get(container.name) === container.id) this.#idByName.delete(container.name)
  }

  all(): Container[] {
    return [...this.#byId.values()]
  }

  /** By id, name (with or without the leading slash) or unique beginning of an id. */
  find(reference: string): Container | undefined {
    const exact =
      this.#byId.get(reference) ?? this.#byId.get(this.#idByName.get(reference.replace(/^\//, '')) ?? '')
    if (exact !== undefined || !/^[0-9a-f]{1,63}$/.test(reference)) return exact
    const candidates = this.all().filter(({ id }) => id.startsWith(reference))
    if (candidates.length > 1) throw badParameter(`multiple IDs found with provided prefix: ${reference}`)
    return candidates[0]
  }

  /** @throws ApiError 404 in dockerd's words, which clients look for. */
  get(reference: string): Container {
    const container = this.find(reference)
    if (container === undefined) throw notFound(`No such container: ${reference}`)
    return container
  }

  /**
   * Holds a name for a container that is about to be.
   *
   * @throws ApiError 400 for a bad name, 409 for one that is taken, in dockerd's words.
   */
  reserveName(name: string, id: string): void {
    if (!/^[a-zA-Z0-9][a-zA-Z0-9_.-]+$/.test(name))
      throw badParameter(`Invalid container name (${name}), only [a-zA-Z0-9][a-zA-Z0-9_.-] are allowed`)
    const holder = this.#idByName.get(name)
    if (holder !== undefined && holder !== id)
      throw conflict(
        `Conflict. The container name "/${name}" is already in use by container "${holder}". You have to remove (or rename) that container to be able to reuse that name.`,
      )
    this.#idByName.set(name, id)
  }

  releaseName(name: string, id: string): void {
    if (this.#idByName.get(name) === id) this.#idByName.delete(name)
  }

  isNameFree(name: string): boolean {
    return !this.#idByName.has(name)
  }
}
