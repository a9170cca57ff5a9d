import { createHash } from 'node:crypto'
import type { Network, Volume } from './model/resources.ts'
import type { Service } from './model/service.ts'
import { goJson } from './print/json.ts'

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')

/** What a service may change without its containers being made anew. */
const withoutEffect = ['build', 'pull_policy', 'scale', 'depends_on', 'profiles']

/** Docker Compose's hash of a service, for the label `com.docker.compose.config-hash`: 64 hexadecimal digits. */
export const serviceHash = (service: Service): string => {
  const hashed: Record<string, unknown> = { ...service }
  for (const key of withoutEffect) delete hashed[key]
  if (service.deploy !== undefined) {
    const { replicas: _, ...deploy } = service.deploy
    hashed['deploy'] = deploy
  }
  return sha256(goJson(hashed))
}

/** Docker Compose's hash of a network. */
export const networkHash = (network: Network): string => sha256(goJson(network))

/** Docker Compose's hash of a volume. */
export const volumeHash = ({ name, driver, ...rest }: Volume): string =>
  sha256(goJson({ ...(name === undefined ? {} : { name }), driver: driver ?? 'local', ...rest }))
