import type { EngineClient } from '../client/connect.ts'
import { registryAuth } from '../client/registry-auth.ts'

/** The digest that the registry has now under the name of an image, asked by the engine with the user's credentials. */
export const imageDigest = async (client: EngineClient, reference: string): Promise<string> =>
  client.images.digest(reference, await registryAuth(reference))
