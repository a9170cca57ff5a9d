import type { Image } from './images.ts'

/** `GET /images/{name}/json` */
export const imageInspect = (image: Image) => {
  const { config } = image
  return {
    Id: image.id,
    RepoTags: image.repoTags,
    RepoDigests: image.repoDigests,
    Parent: '',
    Comment: config.history?.at(-1)?.comment ?? '',
    Created: config.created ?? '0001-01-01T00:00:00Z',
    DockerVersion: '',
    Author: config.author ?? '',
    Config: { ...emptyConfig, ...config.config },
    Architecture: config.architecture,
    ...(config.variant !== undefined && { Variant: config.variant }),
    Os: config.os,
    Size: image.size,
    GraphDriver: { Data: null, Name: 'overlay2' },
    RootFS: { Type: 'layers', Layers: config.rootfs.diff_ids },
    Metadata: { LastTagTime: new Date(image.lastTagTime).toISOString() },
  }
}

/** What Docker shows when the image says nothing. */
const emptyConfig = {
  Cmd: null,
  Entrypoint: null,
  Env: null,
  Labels: null,
  OnBuild: null,
  User: '',
  Volumes: null,
  WorkingDir: '',
}

/** One element of `GET /images/json`. */
export const imageSummary = (image: Image) => ({
  Containers: -1,
  Created: createdSeconds(image),
  Id: image.id,
  Labels: image.config.config?.Labels ?? null,
  ParentId: '',
  RepoDigests: image.repoDigests,
  RepoTags: image.repoTags,
  SharedSize: -1,
  Size: image.size,
})

/** `GET /images/{name}/history`: newest first. Steps that made no layer have no size. */
export const imageHistory = (image: Image) => {
  let layer = 0
  const steps = (image.config.history ?? []).map((step) => ({
    Comment: step.comment ?? '',
    Created: seconds(step.created),
    CreatedBy: step.created_by ?? '',
    Id: '<missing>',
    Size: step.empty_layer === true ? 0 : (image.layerSizes[layer++] ?? 0),
    Tags: null as readonly string[] | null,
  }))
  const newest = steps.at(-1)
  if (newest !== undefined) Object.assign(newest, { Id: image.id, Tags: image.repoTags })
  return steps.reverse()
}

/** Seconds since the epoch. */
export const createdSeconds = (image: Image): number => seconds(image.config.created)

const seconds = (time: string | undefined): number => {
  const milliseconds = time === undefined ? Number.NaN : Date.parse(time)
  return Number.isNaN(milliseconds) ? 0 : Math.floor(milliseconds / 1000)
}
