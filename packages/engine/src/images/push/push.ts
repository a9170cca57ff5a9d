import { join } from 'node:path'
import { notFound } from '../../api/errors.ts'
import type { ImageContext } from '../context.ts'
import { findDocument } from '../find.ts'
import type { Images, Pushed, PushProgress } from '../images.ts'
import { digestOf } from '../ingest.ts'
import { writeLayout } from '../layout.ts'
import { fetchManifest, pushLayout, writeAuthFile } from '../pull/skopeo.ts'
import { canonical, familiar, parseReference, repositoryOf, withDefaultTag } from '../reference.ts'

type PushOptions = Parameters<Images['push']>[1]

/** Sends an image to the registry that its name names; its layers are compressed on the way. Says on the way what Docker says. */
export const pushImage = async (
  { cache, index }: Pick<ImageContext, 'cache' | 'index'>,
  text: string,
  { auth, progress, signal }: PushOptions,
): Promise<Pushed> => {
  const reference = withDefaultTag(parseReference(text))
  const document = findDocument(index, text)
  const tag = reference.tag
  if (document === undefined || tag === undefined || !document.tags.includes(canonical(reference)))
    throw notFound(`An image does not exist locally with the tag: ${familiar(reference)}`)
  const say = (status: string): void => {
    for (const { diffId } of document.layers)
      progress({ id: diffId.slice(7, 19), status, progressDetail: {} } satisfies PushProgress)
  }
  progress({ status: `The push refers to repository [${repositoryOf(reference)}]` })
  say('Preparing')
  return cache.shared(() =>
    cache.temporary(async (temporary) => {
      const authFile = join(temporary, 'auth.json')
      const hasAuth = auth?.username !== undefined || auth?.identitytoken !== undefined
      if (auth !== undefined && hasAuth) await writeAuthFile(authFile, reference.domain, auth)
      const access = { signal, ...(hasAuth && { authFile }) }
      const layout = await writeLayout(cache, document, join(temporary, 'layout'))
      await pushLayout(reference, access, layout)
      say('Pushed')
      const manifest = await fetchManifest(reference, access)
      const pushed = { tag, digest: digestOf(manifest), size: manifest.length }
      progress({ status: `${tag}: digest: ${pushed.digest} size: ${pushed.size}` })
      return pushed
    }),
  )
}
