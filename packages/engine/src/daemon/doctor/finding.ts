import { accessSync } from 'node:fs'
import type { EngineRoot } from '../root.ts'

/** One thing that the engine needs, or profits from. */
export interface Finding {
  readonly section: 'machine' | 'programs' | 'parts'
  readonly what: string
  /** `hint`: it works without, less well. */
  readonly state: 'ok' | 'missing' | 'hint'
  /** Where it was found, or what is missed without it. */
  readonly detail: string
  /** What repairs it: a command to paste, where there is one. */
  readonly fix?: string
  /** The Debian package that repairs it. */
  readonly debianPackage?: string
}

export interface Surroundings {
  readonly root: EngineRoot
  /** The value of PATH. */
  readonly path: string
  readonly platform: NodeJS.Platform
  /** Effective user id; undefined where there is none. */
  readonly uid: number | undefined
  /** As `process.versions.node`. */
  readonly nodeVersion: string
}

/** `mode` as for access(2). */
export const isAccessible = (path: string, mode: number): boolean => {
  try {
    accessSync(path, mode)
    return true
  } catch {
    return false
  }
}
