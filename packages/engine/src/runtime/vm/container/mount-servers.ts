import { readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { isSystemError } from '@container-compose/core'
import type { Bundle } from '../../runtime.ts'
import { sockets } from '../machine/restore.ts'
import { type MountPort, mountPorts, portNames } from '../mounts/mount-ports.ts'
import { adoptMountServer, startMountServer } from '../mounts/mount-server.ts'

/**
 * What the guest was told to find on its ports. Who takes the machine over needs just that: on the host a socket may have gone
 * meanwhile, or another container come that writes to the same folder.
 */
export const mountsFile = 'mounts.json'

/** Starts a server for each port that the container uses. Its machine's sockets listen. */
export const startMountServers = async ({ hostMounts, runDir }: Bundle): Promise<void> => {
  const ports = mountPorts(hostMounts)
  const path = join(runDir, mountsFile)
  await writeFile(`${path}.new`, JSON.stringify(ports))
  await rename(`${path}.new`, path)
  await ensure(runDir, ports)
}

/** The same for a machine that an earlier engine has started, where a port has none any more. */
export const ensureMountServers = async ({ hostMounts, runDir }: Bundle): Promise<void> =>
  ensure(runDir, (await recordedPorts(runDir)) ?? mountPorts(hostMounts))

const ensure = async (runDir: string, ports: readonly MountPort[]): Promise<void> => {
  await Promise.all(
    ports.map(async (port) => {
      if ((await adoptMountServer({ port: port.name, runDir })) !== undefined) return
      await startMountServer({ port, socketPath: join(runDir, sockets[port.name]), runDir })
    }),
  )
}

const recordedPorts = async (runDir: string): Promise<readonly MountPort[] | undefined> => {
  try {
    return JSON.parse(await readFile(join(runDir, mountsFile), 'utf8'))
  } catch (error) {
    if (isSystemError(error, 'ENOENT')) return undefined
    throw error
  }
}

/** They end by themselves when their machine does; this makes sure. */
export const stopMountServers = async (runDir: string): Promise<void> => {
  for (const port of portNames) {
    const server = await adoptMountServer({ port, runDir })
    await server?.stop()
  }
}
