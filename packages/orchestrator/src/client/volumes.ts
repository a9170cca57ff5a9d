import type Docker from 'dockerode'
import type { Filters, VolumeCreateBody, VolumeDetails } from './api-types.ts'
import type { Guard } from './connect.ts'

/** `/volumes/…` */
export interface VolumeCalls {
  list(filters: Filters): Promise<readonly VolumeDetails[]>
  create(body: VolumeCreateBody): Promise<void>
  remove(name: string): Promise<void>
}

export const volumeCalls = (docker: Docker, guard: Guard): VolumeCalls => ({
  list: async (filters) => {
    const { Volumes } = await guard(docker.listVolumes({ filters: filters as Record<string, string[]> }))
    return (Volumes as VolumeDetails[] | null) ?? []
  },
  create: async (body) => {
    await guard(docker.createVolume(body as unknown as Docker.VolumeCreateOptions))
  },
  remove: async (name) => {
    await guard(docker.getVolume(name).remove({ force: true }))
  },
})
