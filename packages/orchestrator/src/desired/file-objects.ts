import type { FileObject, FileReference, Locations, Project, Service } from '@container-compose/compose'
import { formatLocation, UserError } from '@container-compose/core'

export interface FileObjectFaults {
  readonly errors: readonly UserError[]
  readonly warnings: readonly string[]
}

/**
 * What can't be done of the secrets and configs that a service uses, whatever the engine: nobody hands out external ones, a variable
 * may have no value, and a file of the host is mounted, so it has the owner and mode that it has there.
 */
export const fileObjectFaults = (
  { project, locations }: { readonly project: Project; readonly locations: Locations },
  name: string,
): FileObjectFaults => {
  const service: Partial<Service> = project.services[name] ?? {}
  const faults = (['secrets', 'configs'] as const).flatMap((section) =>
    (service[section] ?? []).map((use, index) => {
      const at = locations.of(['services', name, section, index]) ?? locations.of(['services', name, section])
      const object = project[section][use.source ?? '']
      return {
        error:
          object === undefined ? undefined : whyAbsent(project, object, { kind: kinds[section], use, at }),
        warning:
          object?.file && (use.uid ?? use.gid ?? use.mode) !== undefined
            ? `services.${name}.${section}: uid, gid and mode have no effect on ${use.source}, which is mounted as the file that it is on the host${at === undefined ? '' : ` (${formatLocation(at)})`}`
            : undefined,
      }
    }),
  )
  return {
    errors: faults.flatMap(({ error }) => error ?? []),
    warnings: faults.flatMap(({ warning }) => warning ?? []),
  }
}

const kinds = { secrets: 'secret', configs: 'config' } as const

interface Place {
  readonly kind: string
  readonly use: FileReference
  readonly at: ReturnType<Locations['of']>
}

const whyAbsent = (
  { environment }: Project,
  { external, file, content, environment: variable }: FileObject,
  { kind, use, at }: Place,
): UserError | undefined => {
  if (external)
    return new UserError('UNSUPPORTED_KEY', `unsupported external ${kind} ${use.source}`, {
      at,
      hint: 'give it a `file`, or `environment` with the name of a variable',
    })
  if (file || content !== undefined || !variable || environment[variable] !== undefined) return undefined
  return new UserError(
    'REQUIRED_VARIABLE',
    `environment variable "${variable}" required by ${kind} "${use.source}" is not set`,
    { at, hint: `set ${variable}, perhaps in the project's .env` },
  )
}
