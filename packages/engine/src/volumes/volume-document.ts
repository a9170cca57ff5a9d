import type { DocumentFormat } from '../store/document.ts'
import type { Volume } from './volumes.ts'

/** `data/volumes/<name>/volume.json` */
export type VolumeDocument = Omit<Volume, 'mountpoint' | 'isDisk'>

/** A document counts only in the folder of its own name. */
export const formatOf = (name: string): DocumentFormat<VolumeDocument> => ({
  version: 1,
  decode: (value) => {
    const { labels, options, createdAt, driver, anonymous } = value
    if (value['name'] !== name) throw new Error(`is of volume ${JSON.stringify(value['name'])}`)
    if (driver !== 'local') throw new Error('has no driver that this engine knows')
    if (typeof createdAt !== 'string' || typeof anonymous !== 'boolean')
      throw new Error('has no time of creation')
    if (!isTextMap(labels) || !isTextMap(options)) throw new Error('has labels or options that are no text')
    return { name, driver, labels, options, createdAt, anonymous }
  },
})

const isTextMap = (value: unknown): value is Record<string, string> =>
  typeof value === 'object' &&
  value !== null &&
  Object.values(value).every((text) => typeof text === 'string')
