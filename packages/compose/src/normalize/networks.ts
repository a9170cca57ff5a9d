import { Dict, dict, isDict } from '../tree/value.ts'

/** Connects services that say nothing to the network `default`, and adds that where it is used. In place. */
export const normalizeNetworks = (root: Dict): void => {
  const given = root.get('networks')
  const networks = isDict(given) ? given : new Dict()
  let usesDefault = false
  const services = root.get('services')
  if (isDict(services)) {
    for (const service of services.values()) {
      if (!isDict(service) || service.has('provider') || service.has('network_mode')) continue
      const own = service.get('networks')
      if (isDict(own) && own.size > 0) usesDefault ||= own.has('default')
      else {
        service.set('networks', dict({ default: null }))
        usesDefault = true
      }
    }
  }
  if (usesDefault && !networks.has('default')) networks.set('default', null)
  if (networks.size > 0) root.set('networks', networks)
}
