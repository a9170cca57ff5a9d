import { constants } from 'node:fs'
import { access, mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { isSystemError } from '@container-compose/core'
import type { Acceleration } from '../qemu/command-line.ts'

/** How machines compute on this host, and why so, in words for a person. */
export interface AccelerationVerdict {
  readonly acceleration: Acceleration
  readonly reason: string
}

/** What can be said without a boot: undefined when only one can tell. */
export const verdictWithoutBoot = async (
  wanted: 'auto' | Acceleration,
): Promise<AccelerationVerdict | undefined> => {
  if (wanted !== 'auto') return { acceleration: wanted, reason: `the settings ask for ${wanted}` }
  try {
    await access('/dev/kvm', constants.R_OK | constants.W_OK)
    return undefined
  } catch (error) {
    const why = isSystemError(error, 'ENOENT') ? 'there is no /dev/kvm' : '/dev/kvm cannot be opened'
    return { acceleration: 'tcg', reason: `${why}: machines are emulated in software` }
  }
}

/** A verdict that a boot has given holds for this very QEMU, host kernel and processor (`platform`). */
export const readVerdict = async (
  cacheDir: string,
  platform: string,
): Promise<AccelerationVerdict | undefined> => {
  try {
    return JSON.parse(await readFile(verdictPath(cacheDir, platform), 'utf8')) as AccelerationVerdict
  } catch (error) {
    if (isSystemError(error, 'ENOENT') || error instanceof SyntaxError) return undefined
    throw error
  }
}

export const writeVerdict = async (
  cacheDir: string,
  platform: string,
  verdict: AccelerationVerdict,
): Promise<void> => {
  await mkdir(join(cacheDir, 'acceleration'), { recursive: true })
  const path = verdictPath(cacheDir, platform)
  await writeFile(`${path}.${process.pid}`, `${JSON.stringify(verdict, null, 2)}\n`)
  await rename(`${path}.${process.pid}`, path)
}

const verdictPath = (cacheDir: string, platform: string): string =>
  join(cacheDir, 'acceleration', `${platform}.json`)
