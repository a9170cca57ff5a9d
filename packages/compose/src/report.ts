import { type SourceLocation, UserError, UserErrors } from '@container-compose/core'
import type { Path } from './locations.ts'
import type { YamlNode } from './parse/node.ts'
import { locateNode, locatePath } from './tree/locate.ts'
import type { Dict } from './tree/value.ts'
import type { Warning } from './warning.ts'

export interface FaultDetails {
  readonly at?: SourceLocation | readonly SourceLocation[] | undefined
  readonly hint?: string | undefined
  readonly cause?: unknown
  /** Where in the project's tree the fault is, when that can be said. */
  readonly path?: Path | undefined
  /** Of the mapping at `path`, the keys that are at fault. */
  readonly keys?: readonly string[] | undefined
}

/** A part of the tree that is at fault. */
export interface FaultyPart {
  readonly path: Path
  readonly keys: readonly string[] | undefined
}

/** Collects what is wrong, so that one run tells all of it, and what is only to be warned of. */
export class Report {
  readonly warnings: Warning[] = []
  readonly #faults: UserError[] = []
  #parts: FaultyPart[] = []
  readonly #cut: Path[] = []
  #isPartial = false
  readonly #seen = new Set<string>()
  readonly #onWarning: (warning: Warning) => void

  constructor(onWarning: (warning: Warning) => void = () => undefined) {
    this.#onWarning = onWarning
  }

  fault(code: string, message: string, details: FaultDetails = {}): void {
    const { path, keys } = details
    if (path !== undefined && this.#follows(path)) return
    if (path === undefined) this.#isPartial = true
    else this.#parts.push({ path: [...path], keys })
    const error = new UserError(code, message, details)
    const place = error.at[0]
    const key = `${code} ${message} ${place?.file}:${place?.line}:${place?.column}`
    if (this.#seen.has(key)) return
    this.#seen.add(key)
    this.#faults.push(error)
  }

  /** A fault at a path of a tree. */
  faultAt(root: Dict, path: Path, code: string, message: string, details: FaultDetails = {}): void {
    this.fault(code, message, { at: locatePath(root, path), path, ...details })
  }

  faultIn(node: YamlNode, code: string, message: string, details: FaultDetails = {}): void {
    this.fault(code, message, { at: locateNode(node), ...details })
  }

  /** Says a thing once. */
  warn(code: string, message: string, at?: SourceLocation): void {
    const key = `${code} ${message}`
    if (this.#seen.has(key)) return
    this.#seen.add(key)
    const warning = { code, message, at }
    this.warnings.push(warning)
    this.#onWarning(warning)
  }

  get failed(): boolean {
    return this.#faults.length > 0
  }

  /** True when some fault can't be cut out of the tree, so that what is left says nothing. */
  get isPartial(): boolean {
    return this.#isPartial
  }

  /** What is left of the project says nothing: a part of it could not be found. */
  giveUp(): void {
    this.#isPartial = true
  }

  /** The parts at fault that were not yet taken: who takes them cuts them out. Faults that only follow from that are not told. */
  takeFaultyParts(): readonly FaultyPart[] {
    const taken = this.#parts
    this.#parts = []
    for (const { path, keys } of taken) if (keys === undefined) this.#cut.push(path)
    return taken
  }

  /** Whether a service, or something of that kind, is what a fault was found in. */
  blames(kind: string, name?: string): boolean {
    return [...this.#cut, ...this.#parts.map(({ path }) => path)].some(
      ([first, second]) => first === kind && (name === undefined || second === undefined || second === name),
    )
  }

  /** Above or below what was cut out. */
  #follows(path: Path): boolean {
    return this.#cut.some(
      (cut) =>
        path.length > 2 && cut.every((part, at) => at >= path.length || String(part) === String(path[at])),
    )
  }

  get faultCount(): number {
    return this.#faults.length
  }

  /**
   * Ends the run if anything is wrong.
   *
   * @throws UserError or UserErrors
   */
  stopIfFailed(): void {
    const [first, ...more] = this.#faults
    if (first === undefined) return
    if (more.length === 0) throw first
    throw new UserErrors(inOrderOfPlaces(this.#faults), `${this.#faults.length} faults`)
  }
}

const inOrderOfPlaces = (faults: readonly UserError[]): UserError[] => {
  const files = new Map<string, number>()
  for (const { at } of faults) if (at[0] && !files.has(at[0].file)) files.set(at[0].file, files.size)
  const rank = ({ at: [place] }: UserError): number =>
    place === undefined ? Number.POSITIVE_INFINITY : (files.get(place.file) ?? 0) * 1e9 + place.line
  return [...faults].sort((a, b) => (rank(a) === rank(b) ? 0 : rank(a) - rank(b)))
}
