import type { Service } from '../model/service.ts'

/** `scale` is also what `deploy.replicas` says, where there is a `deploy` section. */
export const alignReplicas = (
  services: Readonly<Record<string, Service>>,
): Readonly<Record<string, Service>> => {
  const aligned: Record<string, Service> = Object.create(null)
  for (const name of Object.keys(services)) {
    const service = services[name] as Service
    const { scale, deploy } = service
    if (scale === undefined || deploy === undefined) aligned[name] = service
    else {
      const { mode, replicas: _, ...rest } = deploy
      const first = mode === undefined ? {} : { mode }
      aligned[name] = { ...service, deploy: { ...first, replicas: scale, ...rest } }
    }
  }
  return aligned
}
