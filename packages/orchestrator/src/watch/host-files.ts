import { lstatSync, readdirSync, readFileSync, realpathSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { concerns, type HostPaths, looksInto, type Rule } from './rules.ts'
import { type Entry, entryOf, type Looker } from './tree-index.ts'

/** The files of this host as the rules see them. */
export const hostFiles = (rules: readonly Rule[], now: () => number): Omit<Looker, 'enter' | 'leave'> => ({
  look: (path) => {
    // `throwIfNoEntry` spares an error for each file that is gone, but not for one below what is no directory any more.
    try {
      const stats = lstatSync(path, { bigint: true, throwIfNoEntry: false })
      return stats === undefined ? undefined : entryOf(stats, now())
    } catch {
      return undefined
    }
  },
  checksum: (path) => {
    try {
      return lstatSync(path).size > longestSummed ? undefined : fnv(readFileSync(path))
    } catch {
      return undefined
    }
  },
  list: (path) => {
    try {
      return readdirSync(path)
    } catch {
      return []
    }
  },
  wants: (path, kind) => wants(rules, path, kind),
})

const longestSummed = 64 * 1024

/** FNV-1a: tells apart what was saved twice within a tick, which nobody does on purpose. */
const fnv = (bytes: Uint8Array): number => {
  let sum = 0x811c9dc5
  for (const byte of bytes) sum = Math.imul(sum ^ byte, 0x01000193)
  return sum
}

export const wants = (rules: readonly Rule[], path: string, kind: Entry['kind']): boolean =>
  rules.some((rule) => (kind === 'directory' ? looksInto(rule, path) : concerns(rule, path)))

/** This host. */
export const hostPaths: HostPaths = {
  readText: (path) => {
    try {
      return readFileSync(path, 'utf8')
    } catch {
      return undefined
    }
  },
  realPath: (path) => {
    try {
      return realpathSync(path)
    } catch {
      return path === dirname(path) ? path : join(hostPaths.realPath(dirname(path)), basename(path))
    }
  },
}
