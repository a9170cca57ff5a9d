import type { Service } from '../model/service.ts'
import { serviceKeys } from './service.ts'

/** The service with other values for some keys, which stand in the order that hashes depend on. */
export const changedService = (service: Service, changes: Partial<Service>): Service => {
  const changed: Record<string, unknown> = { ...service, ...changes }
  const made: Record<string, unknown> = {}
  for (const key of [...serviceKeys, ...Object.keys(changed)]) if (key in changed) made[key] = changed[key]
  return made as unknown as Service
}
