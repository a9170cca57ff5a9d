import { randomBytes } from 'node:crypto'
import { mkdirSync, readdirSync, renameSync, rmdirSync, rmSync, symlinkSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { type Clock, isSystemError, systemClock } from '@container-compose/core'
import { type ApiError, badParameter, conflict, notFound } from '../api/errors.ts'
import { makeFolder, type OnSetAside, readDocument, writeDocument } from '../store/document.ts'
import { storageOf } from './driver-options.ts'
import { formatOf, type VolumeDocument } from './volume-document.ts'
import type { Volume, VolumeRequest, Volumes } from './volumes.ts'

export interface LocalVolumesOptions {
  /** `data/volumes` of the engine's root: each volume is `<name>/volume.json` and `<name>/_data` or `<name>/disk.ext4`. */
  readonly dir: string
  readonly onSetAside: OnSetAside
  readonly onEvent?: (action: 'create' | 'destroy', volume: Volume) => void
  readonly clock?: Clock
}

/** Not a name that a volume can have. */
const removingPrefix = '.removing-'

/** Volumes as directories of the host, or disks of machines. Data whose document is missing or bad is left alone, and taken up by a volume of that name. */
export const openVolumes = (options: LocalVolumesOptions): Volumes => {
  const { dir, onEvent = () => undefined, clock = systemClock } = options
  makeFolder(dir)
  const volumes = new Map<string, Volume>()
  for (const entry of readdirSync(dir)) {
    // A removal that a crash cut short: it had been asked for.
    if (entry.startsWith(removingPrefix))
      rm(join(dir, entry), { recursive: true, force: true }).catch(() => undefined)
    else {
      const document = readDocument(join(dir, entry, 'volume.json'), formatOf(entry), options.onSetAside)
      if (document !== undefined) volumes.set(entry, volumeOf(dir, document))
      else removeIfEmpty(join(dir, entry))
    }
  }

  const make = (document: VolumeDocument): Volume => {
    const folder = join(dir, document.name)
    const volume = volumeOf(dir, document)
    const storage = storageOf(document.name, document.options)
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    try {
      if (storage.kind === 'directory') mkdirSync(volume.mountpoint, { mode: 0o755 })
      // A disk is made when the first container says what shall be on it.
      if (storage.kind === 'bind') symlinkSync(storage.target, volume.mountpoint)
    } catch (error) {
      // Data of a volume whose document was lost.
      if (!isSystemError(error, 'EEXIST')) throw error
    }
    writeDocument(join(folder, 'volume.json'), formatOf(document.name), document, { durable: true })
    return volume
  }

  return {
    create: async (request) => {
      const document = documentOf(request, new Date(clock.now()).toISOString())
      const known = volumes.get(document.name)
      if (known !== undefined) return known
      const volume = make(document)
      volumes.set(volume.name, volume)
      onEvent('create', volume)
      return volume
    },
    get: (name) => volumes.get(name),
    list: () => [...volumes.values()].sort((a, b) => (a.name < b.name ? -1 : 1)),
    remove: async (name, { force, users }) => {
      const volume = volumes.get(name)
      if (volume === undefined && force) return
      if (volume === undefined) throw noSuchVolume(name)
      if (users.length > 0) throw conflict(`remove ${name}: volume is in use - [${users.join(', ')}]`)
      // At once for everybody who looks; the data goes afterwards, and a crash meanwhile leaves no half of it under the name.
      const removing = join(dir, `${removingPrefix}${randomBytes(8).toString('hex')}`)
      renameSync(join(dir, name), removing)
      volumes.delete(name)
      onEvent('destroy', volume)
      await rm(removing, { recursive: true, force: true })
    },
  }
}

const volumeOf = (dir: string, document: VolumeDocument): Volume => {
  const { name, options } = document
  const isDisk = options['type'] === 'ext4'
  return {
    ...document,
    ...(isDisk && { isDisk }),
    mountpoint: join(dir, name, isDisk ? 'disk.ext4' : '_data'),
  }
}

/** What the making of a volume has left that a crash cut short. */
const removeIfEmpty = (folder: string): void => {
  try {
    rmSync(join(folder, 'volume.json.new'), { force: true })
    for (const path of [join(folder, '_data'), folder]) rmdirSync(path)
  } catch {
    // There is data, a bad document or less than that: it is left to a person.
  }
}

export const noSuchVolume = (name: string): ApiError => notFound(`get ${name}: no such volume`)

const anonymousLabel = 'com.docker.volume.anonymous'

const documentOf = (request: VolumeRequest, now: string): VolumeDocument => {
  const { driver = 'local', options = {}, labels = {} } = request
  const anonymous = request.name === undefined || request.name === ''
  const name = anonymous ? randomBytes(32).toString('hex') : (request.name ?? '')
  checkName(name)
  if (driver !== 'local' && driver !== '')
    throw notFound(`create ${name}: error looking up volume plugin ${driver}: plugin "${driver}" not found`)
  const document = {
    name,
    driver: 'local' as const,
    labels: anonymous ? { ...labels, [anonymousLabel]: '' } : labels,
    options,
    createdAt: now.replace(/\.\d+Z$/, 'Z'),
    anonymous,
  }
  storageOf(name, options)
  return document
}

const checkName = (name: string): void => {
  if (name.length < 2)
    throw badParameter(
      `create ${name}: volume name is too short, names should be at least two alphanumeric characters`,
    )
  if (!/^[a-zA-Z0-9][a-zA-Z0-9_.-]*$/.test(name) || name.length > 255)
    throw badParameter(
      `create ${name}: "${name}" includes invalid characters for a local volume name, only "[a-zA-Z0-9][a-zA-Z0-9_.-]" are allowed. If you intended to pass a host directory, use absolute path`,
    )
}
