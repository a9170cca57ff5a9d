import {
  booleanOrString,
  integerOrString,
  list,
  listOrMap,
  mapOf,
  numberOrString,
  object,
  oneOf,
  string,
  strings,
  type,
  uniqueStrings,
} from './schema.ts'

export const command = oneOf(type('null'), string, strings)

export const hook = object(
  { command, user: string, privileged: booleanOrString, working_dir: string, environment: listOrMap },
  { required: ['command'] },
)

export const extraHosts = oneOf(mapOf(oneOf(string, strings)), uniqueStrings)

/** How a service or a build uses secrets and configs. */
export const fileReferences = list(
  oneOf(string, object({ source: string, target: string, uid: string, gid: string, mode: numberOrString })),
)

export const ulimits = mapOf(
  oneOf(
    integerOrString,
    object({ hard: integerOrString, soft: integerOrString }, { required: ['soft', 'hard'] }),
  ),
  { pattern: /^[a-z]+$/, open: true },
)
