import type { Volume, Volumes } from '../../volumes/volumes.ts'
import { queryFlag, readJson, sendJson, sendStatus } from '../answer.ts'
import { notFound } from '../errors.ts'
import { booleanFilter, type Filters, fitsLabels, fitsName, fitsOne, parseFilters } from '../filters.ts'
import type { Route } from '../router.ts'
import { Shape } from '../shape.ts'
import { atLeast } from '../version.ts'

export interface VolumeRouteOptions {
  readonly volumes: Volumes
  /** Ids of the containers that refer to a volume. */
  readonly usersOf: (name: string) => readonly string[]
}

/** `/volumes` of the Docker Engine API. */
export const volumeRoutes = ({ volumes, usersOf }: VolumeRouteOptions): Route[] => [
  {
    method: 'GET',
    path: '/volumes',
    handler: (call) => {
      const filters = parseFilters(call.query.get('filters'), ['dangling', 'driver', 'label', 'name'])
      const found = volumes.list().filter((volume) => fits(volume, filters, usersOf))
      sendJson(call, 200, { Volumes: found.map(shown), Warnings: null })
    },
  },
  {
    method: 'POST',
    path: '/volumes/create',
    handler: async (call) => {
      const body = new Shape(await readJson(call.request))
      const volume = await volumes.create({
        name: body.text('Name'),
        driver: body.text('Driver') || 'local',
        options: body.textRecord('DriverOpts'),
        labels: body.textRecord('Labels'),
      })
      sendJson(call, 201, shown(volume))
    },
  },
  {
    method: 'POST',
    path: '/volumes/prune',
    handler: async (call) => {
      const filters = parseFilters(call.query.get('filters'), ['all', 'label', 'label!'])
      const all = booleanFilter(filters, 'all') ?? !atLeast(call.apiVersion, '1.42')
      const removed: string[] = []
      for (const volume of volumes.list()) {
        if (!(all || volume.anonymous) || !fitsLabels(filters, volume.labels)) continue
        if (usersOf(volume.name).length > 0) continue
        await volumes.remove(volume.name, { force: false, users: [] })
        removed.push(volume.name)
      }
      sendJson(call, 200, { VolumesDeleted: removed, SpaceReclaimed: 0 })
    },
  },
  {
    method: 'GET',
    path: '/volumes/:name',
    handler: (call) => {
      const name = call.params['name'] ?? ''
      const volume = volumes.get(name)
      if (volume === undefined) throw notFound(`get ${name}: no such volume`)
      sendJson(call, 200, shown(volume))
    },
  },
  {
    method: 'DELETE',
    path: '/volumes/:name',
    handler: async (call) => {
      const name = call.params['name'] ?? ''
      await volumes.remove(name, { force: queryFlag(call.query, 'force'), users: usersOf(name) })
      sendStatus(call, 204)
    },
  },
]

const fits = (volume: Volume, filters: Filters, usersOf: VolumeRouteOptions['usersOf']): boolean => {
  const dangling = booleanFilter(filters, 'dangling')
  return (
    fitsOne(filters, 'name', (value) => fitsName(value, volume.name)) &&
    fitsOne(filters, 'driver', (value) => value === volume.driver) &&
    fitsLabels(filters, volume.labels) &&
    (dangling === undefined || dangling === (usersOf(volume.name).length === 0))
  )
}

const shown = (volume: Volume) => ({
  CreatedAt: volume.createdAt,
  Driver: volume.driver,
  Labels: orNull(volume.labels),
  Mountpoint: volume.mountpoint,
  Name: volume.name,
  Options: orNull(volume.options),
  Scope: 'local',
})

const orNull = (map: Readonly<Record<string, string>>) => (Object.keys(map).length === 0 ? null : map)
