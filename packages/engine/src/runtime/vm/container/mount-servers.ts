import { join } from 'node:path'
import type { Bundle } from '../../runtime.ts'
import { sockets } from '../machine/restore.ts'
import { mountPorts } from '../mounts/mount-ports.ts'
import { adoptMountServer, startMountServer } from '../mounts/mount-server.ts'

/** Starts a mount server for each port that the container uses and none serves. Its machine's sockets listen. */
export const ensureMountServers = async ({ hostMounts, runDir }: Bundle): Promise<void> => {
  await Promise.all(
    mountPorts(hostMounts).map(async (port) => {
      if ((await adoptMountServer({ profile: port.profile, runDir })) !== undefined) return
      await startMountServer({ port, socketPath: join(runDir, sockets[port.profile]), runDir })
    }),
  )
}

/** They end by themselves when their machine does; this makes sure. */
export const stopMountServers = async (runDir: string): Promise<void> => {
  for (const profile of ['plain', 'locking'] as const) {
    const server = await adoptMountServer({ profile, runDir })
    await server?.stop()
  }
}
