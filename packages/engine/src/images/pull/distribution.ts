import { join } from 'node:path'
import type { ImageContext } from '../context.ts'
import type { Distribution, Images } from '../images.ts'
import { digestOf } from '../ingest.ts'
import { type Descriptor, decodeConfig, decodeManifest, type Platform } from '../oci-manifest.ts'
import { parseReference, type Reference, withDefaultTag } from '../reference.ts'
import { fetchImageConfig, fetchManifest, type RegistryAccess, writeAuthFile } from './skopeo.ts'

/** What the registry has under a name, without bringing the image here. */
export const askRegistry = (
  { cache }: Pick<ImageContext, 'cache'>,
  text: string,
  { auth, signal }: Parameters<Images['distribution']>[1],
): Promise<Distribution> => {
  const reference = withDefaultTag(parseReference(text))
  return cache.temporary(async (temporary) => {
    const authFile = join(temporary, 'auth.json')
    const hasAuth = auth?.username !== undefined || auth?.identitytoken !== undefined
    if (auth !== undefined && hasAuth) await writeAuthFile(authFile, reference.domain, auth)
    const access = { signal, ...(hasAuth && { authFile }) }
    const bytes = await fetchManifest(reference, access)
    const manifest = decodeManifest(bytes)
    return {
      mediaType: mediaTypeOf(bytes, manifest.kind),
      digest: digestOf(bytes),
      size: bytes.length,
      platforms:
        manifest.kind === 'index'
          ? manifest.manifests.flatMap(({ platform }: Descriptor) => platform ?? [])
          : [await platformOf(reference, access)],
    }
  })
}

/** OCI manifests need not say what they are. */
const mediaTypeOf = (bytes: Buffer, kind: 'image' | 'index'): string => {
  const { mediaType } = JSON.parse(bytes.toString()) as { readonly mediaType?: unknown }
  if (typeof mediaType === 'string') return mediaType
  return `application/vnd.oci.image.${kind === 'index' ? 'index' : 'manifest'}.v1+json`
}

const platformOf = async (reference: Reference, access: RegistryAccess): Promise<Platform> => {
  const { os, architecture } = decodeConfig(await fetchImageConfig(reference, access))
  return { os, architecture }
}
