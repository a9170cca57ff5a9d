import { type ModelTree, modelYamlOf, variablesOf } from '@container-compose/compose'
import { UserError } from '@container-compose/core'
import { renderTable } from '../render/table.ts'

/** The variables that files use, as a table, as JSON, or as YAML. */
export const variablesText = (root: ModelTree, format: string | undefined): string => {
  const variables = [...variablesOf(root).values()].sort((a, b) => (a.name < b.name ? -1 : 1))
  if (format === undefined || format === '' || format === 'table')
    return renderTable(
      ['NAME', 'REQUIRED', 'DEFAULT VALUE', 'ALTERNATE VALUE'],
      variables.map(({ name, required, defaultValue, presenceValue }) => [
        name,
        String(required),
        defaultValue,
        presenceValue,
      ]),
      { minimum: 20, gap: 3 },
    )
  if (format === 'json') return `${goIndented(variables.map(named))}\n\n`
  if (format === 'yaml')
    return modelYamlOf(
      variables.map(({ name, defaultValue, presenceValue, required }) => [
        name,
        { name, defaultvalue: defaultValue, presencevalue: presenceValue, required },
      ]),
    )
  throw new UserError('INVALID_ARGUMENT', `format value "${format}" could not be parsed: parsing failed`)
}

const named = ({
  name,
  defaultValue,
  presenceValue,
  required,
}: {
  readonly name: string
  readonly defaultValue: string
  readonly presenceValue: string
  readonly required: boolean
}): [string, object] => [
  name,
  { Name: name, DefaultValue: defaultValue, PresenceValue: presenceValue, Required: required },
]

const goIndented = (entries: readonly [string, object][]): string =>
  JSON.stringify(Object.fromEntries(entries), null, 4)
