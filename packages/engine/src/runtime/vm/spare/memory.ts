import { readFile } from 'node:fs/promises'

/** What the host could give to programs without swapping (`MemAvailable` of proc(5)), in MiB. */
export const availableMemoryMib = async (): Promise<number> => {
  const text = await readFile('/proc/meminfo', 'utf8')
  return Number(/^MemAvailable:\s+(\d+) kB$/m.exec(text)?.[1] ?? 0) / 1024
}
