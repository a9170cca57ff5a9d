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
}

/** Collects what is wrong, so that one run tells all of it, and what is only to be warned of. */
export class Report {
  readonly warnings: Warning[] = []
  readonly #faults: UserError[] = []
  readonly #seen = new Set<string>()
  readonly #onWarning: (warning: Warning) => void

  constructor(onWarning: (warning: Warning) => void = () => undefined) {
    this.#onWarning = onWarning
  }

  fault(code: string, message: string, details: FaultDetails = {}): void {
    const error = new UserError(code, message, details)
    const place = error.at[0]
    const key = `${code} ${message} ${place?.file}:${place?.line}:${place?.column}`
    if (this.#seen.has(key)) return
    this.#seen.add(key)
    this.#faults.push(error)
  }

  /** A fault at a path of a tree. */
  faultAt(root: Dict, path: Path, code: string, message: string, details: FaultDetails = {}): void {
    this.fault(code, message, { at: locatePath(root, path), ...details })
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
