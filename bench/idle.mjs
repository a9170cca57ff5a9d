import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { pause } from './watch-stack.mjs'

const quietSeconds = 60

/**
 * CPU of command, engine and all that serves containers over a minute of quiet, in percent of a core; not that of what runs in
 * containers, nor of machines. Shims of containerd wake every 30 s.
 */
export const idle = async (side) => {
  await pause(2000)
  const before = ticks(side)
  await pause(quietSeconds * 1000)
  return { percent: (ticks(side) - before) / quietSeconds }
}

/** In hundredths of a second. */
const ticks = (side) => processesOf(side).reduce((sum, pid) => sum + ticksOf(read(`/proc/${pid}/stat`)), 0)

/** Ours name their root or are programs of ours; the other side's are those of its network namespace. */
const processesOf = (side) => {
  const root = side.env.CONTAINER_COMPOSE_ROOT
  const own = process.pid.toString()
  const pids = readdirSync('/proc').filter((pid) => /^\d+$/.test(pid) && pid !== own)
  if (root === undefined) {
    const [command, ...rest] = [...side.enter, 'readlink', '/proc/self/ns/net']
    const namespace = execFileSync(command, rest, { encoding: 'utf8' }).trim()
    return pids.filter((pid) => link(`/proc/${pid}/ns/net`) === namespace)
  }
  return pids.filter((pid) => {
    const line = read(`/proc/${pid}/cmdline`)
    return (line + read(`/proc/${pid}/environ`)).includes(root) && !line.includes('qemu-system')
  })
}

const ticksOf = (stat) => {
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return Number(fields[11] ?? 0) + Number(fields[12] ?? 0)
}

const read = (path) => {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}

const link = (path) => {
  try {
    return readlinkSync(path)
  } catch {
    return ''
  }
}
