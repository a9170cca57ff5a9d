import type { DocumentFormat } from '../store/document.ts'
import type { ContainerDocument } from './model.ts'

/**
 * Documents are written by this engine alone, so that decoding only tells a document from something else; what is in it was
 * checked when it came in by the API.
 */
export const containerFormat: DocumentFormat<ContainerDocument> = {
  version: 1,
  decode: (value) => {
    for (const name of ['id', 'name', 'imageId', 'runtime'])
      if (typeof value[name] !== 'string') throw new Error(`has no ${name}`)
    for (const name of ['config', 'hostConfig', 'networks', 'state'])
      if (typeof value[name] !== 'object' || value[name] === null) throw new Error(`has no ${name}`)
    if (!Array.isArray(value['mounts'])) throw new Error('has no mounts')
    return value as unknown as ContainerDocument
  },
}
