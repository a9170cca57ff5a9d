import type { FileObject, FileReference, Project, Service } from '@container-compose/compose'
import type { InjectedFile } from './desired-state.ts'
import { configTarget, secretTarget } from './mounts.ts'

/** Secrets and configs without a file on the host: their content is copied into the container. */
export const injectedFiles = (project: Project, service: Service): InjectedFile[] => [
  ...(service.secrets ?? []).flatMap((use) => inject(project, project.secrets, use, secretTarget(use))),
  ...(service.configs ?? []).flatMap((use) => inject(project, project.configs, use, configTarget(use))),
]

const inject = (
  project: Project,
  objects: Readonly<Record<string, FileObject>>,
  use: FileReference,
  path: string,
): InjectedFile[] => {
  const object = objects[use.source ?? '']
  if (object === undefined || object.file || object.external) return []
  const content = object.content ?? (object.environment ? project.environment[object.environment] : undefined)
  if (content === undefined) return []
  return [
    {
      path,
      content,
      mode: use.mode === undefined ? 0o444 : Number.parseInt(use.mode, 8),
      uid: Number(use.uid ?? 0) || 0,
      gid: Number(use.gid ?? 0) || 0,
    },
  ]
}
