import type Docker from 'dockerode'
import type { Filters, NetworkCreateBody, NetworkDetails } from './api-types.ts'
import type { Guard } from './connect.ts'

/** `/networks/…` */
export interface NetworkCalls {
  list(filters: Filters): Promise<readonly NetworkDetails[]>
  inspect(id: string): Promise<NetworkDetails>
  create(body: NetworkCreateBody): Promise<void>
  connect(id: string, container: string, endpoint: unknown): Promise<void>
  disconnect(id: string, container: string): Promise<void>
  remove(id: string): Promise<void>
}

export const networkCalls = (docker: Docker, guard: Guard): NetworkCalls => {
  const done = async (call: Promise<unknown>): Promise<void> => {
    await guard(call)
  }
  return {
    list: (filters) =>
      guard(
        docker.listNetworks({ filters: filters as Record<string, string[]> }),
      ) as Promise<unknown> as Promise<NetworkDetails[]>,
    inspect: (id) => guard(docker.getNetwork(id).inspect()) as Promise<NetworkDetails>,
    create: (body) => done(docker.createNetwork(body as unknown as Docker.NetworkCreateOptions)),
    connect: (id, container, endpoint) =>
      done(docker.getNetwork(id).connect({ Container: container, EndpointConfig: endpoint as never })),
    disconnect: (id, container) =>
      done(docker.getNetwork(id).disconnect({ Container: container, Force: true })),
    remove: (id) => done(docker.getNetwork(id).remove()),
  }
}
