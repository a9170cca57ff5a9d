import type { Operation } from '../plan/operation.ts'

type BuildOperation = Extract<Operation, { kind: 'image.build' }>

/** The query of `POST /build`; what says nothing is left out. `ssh` and `contextimages` are our engine's. */
export const buildQuery = (
  { build, contextImages, memory }: Pick<BuildOperation, 'build' | 'contextImages' | 'memory'>,
  dockerfile: string,
): Record<string, string | readonly string[]> => {
  const text = (name: string, value: string | undefined) => (value === undefined ? {} : { [name]: value })
  const json = (name: string, value: object) =>
    Object.keys(value).length === 0 ? {} : { [name]: JSON.stringify(value) }
  return {
    dockerfile,
    t: build.tags,
    // Steps leave no containers behind, as with every builder of today.
    rm: '1',
    forcerm: '1',
    ...(build.context.startsWith('/') ? {} : { remote: build.context }),
    ...json('buildargs', build.args),
    ...json('labels', build.labels),
    ...text('target', build.target),
    ...text('networkmode', build.network),
    ...text('platform', build.platform),
    ...(build.extraHosts.length > 0 && { extrahosts: build.extraHosts }),
    ...json('ulimits', build.ulimits),
    ...text('shmsize', build.shmSize?.toString()),
    ...text('memory', memory?.toString()),
    ...(build.noCache && { nocache: '1' }),
    ...(build.pull && { pull: '1' }),
    ...json('cachefrom', build.cacheFrom),
    ...json('ssh', build.ssh),
    ...json('contextimages', contextImages),
  }
}
