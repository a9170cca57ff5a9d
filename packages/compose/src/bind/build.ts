import { compareText, goText, goType } from '../tree/go-text.ts'
import { isDict } from '../tree/value.ts'
import type { Shape } from './binder.ts'
import { environment, extraHosts, textMapping } from './mappings.ts'
import { fileReference, ulimits } from './parts.ts'
import { anyText, bytes, flag, listOf, struct, text } from './shapes.ts'

const texts = listOf(anyText)
const textList: Shape<readonly string[]> = (value, binder) =>
  typeof value === 'string' ? [value] : texts(value, binder)

const sshKeys: Shape<readonly string[]> = (value, binder) => {
  if (value === null) return undefined
  if (!isDict(value)) return binder.fault(`invalid ssh config type ${goType(value)}`)
  const keys = [...value].map(([id, path]) => (path === null || path === '' ? id : `${id}: ${goText(path)}`))
  return keys.length === 0 ? undefined : keys.sort(compareText)
}

/** How an image is built. */
export const build: Shape<object> = struct({
  context: text,
  dockerfile: text,
  dockerfile_inline: text,
  entitlements: texts,
  args: environment,
  provenance: text,
  sbom: text,
  ssh: sshKeys,
  labels: textMapping,
  cache_from: textList,
  cache_to: textList,
  no_cache: flag,
  additional_contexts: textMapping,
  pull: flag,
  extra_hosts: extraHosts,
  isolation: text,
  network: text,
  target: text,
  secrets: listOf(fileReference),
  shm_size: bytes,
  tags: textList,
  ulimits,
  platforms: textList,
  privileged: flag,
})
