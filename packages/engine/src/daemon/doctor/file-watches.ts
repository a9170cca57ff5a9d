import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Finding, Surroundings } from './finding.ts'

/** Fewer than a large node_modules may have directories. */
const few = 65_536

/**
 * The kernel's limits of inotify: a watch is needed for each directory of a mount that a machine knows. Mount servers that have
 * reached one have said so in their logs.
 */
export const fileWatches = ({ platform, root }: Surroundings): Omit<Finding, 'section'> => {
  const what = 'file watches'
  if (platform !== 'linux') return { what, state: 'ok', detail: 'not limited here' }
  const most = Number(readFileSync('/proc/sys/fs/inotify/max_user_watches', 'utf8'))
  const detail = `changes in ${most} directories of mounts can be reported to machines`
  const short = complaints(join(root.run, 'c'))
  const [remedy] = short.values()
  if (remedy !== undefined) {
    const late = 'changes of their mounts are looked for, and programs there that watch files miss some'
    return {
      what,
      state: 'hint',
      detail: `none were left for ${[...short.keys()].join(', ')}: ${late}`,
      fix: remedy,
    }
  }
  if (most >= few) return { what, state: 'ok', detail }
  const fix = 'sysctl fs.inotify.max_user_watches=524288'
  return { what, state: 'hint', detail: `${detail}; a large node_modules alone can have more`, fix }
}

/** What raises the limit that the mount servers of a container have reached, by the container's short id. */
const complaints = (containers: string): Map<string, string> => {
  const found = new Map<string, string>()
  for (const id of filesIn(containers))
    for (const log of filesIn(join(containers, id)).filter((name) => /^mounts-\w+\.log$/.test(name))) {
      const remedy = /raise the limit: (.*)/.exec(textOf(join(containers, id, log)))?.[1]
      if (remedy !== undefined) found.set(id, remedy)
    }
  return found
}

/** Nothing where there is no such folder, or no more. */
const filesIn = (folder: string): string[] => {
  try {
    return readdirSync(folder).sort()
  } catch {
    return []
  }
}

/** Nothing where it can't be read: it belongs to root. */
const textOf = (file: string): string => {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}
