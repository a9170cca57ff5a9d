import { type Dict, isDict, isList, type Value } from '../tree/value.ts'
import { closingBrace, variablePattern } from './template.ts'

/** A variable that files use, and what they say of it. */
export interface UsedVariable {
  readonly name: string
  readonly required: boolean
  /** What it is when it isn't set; empty when the file doesn't say. */
  readonly defaultValue: string
  /** What stands for it when it is set. */
  readonly presenceValue: string
}

/** The variables in all values of a model that was not interpolated, by name; the last use of each. */
export const variablesOf = (root: Dict): Map<string, UsedVariable> => {
  const found = new Map<string, UsedVariable>()
  const visit = (value: Value): void => {
    if (typeof value === 'string') collect(value, found)
    else if (isDict(value)) for (const entry of value.values()) visit(entry)
    else if (isList(value)) for (const item of value) visit(item)
  }
  visit(root)
  return found
}

const collect = (text: string, found: Map<string, UsedVariable>): void => {
  if (!text.includes('$')) return
  for (const [match, escaped, named, braced = ''] of text.matchAll(variablePattern())) {
    if (escaped !== undefined) continue
    let use = named ?? braced
    if (named === undefined) {
      const end = closingBrace(match)
      if (end > 0) {
        use = match.slice(2, end)
        collect(match.slice(end + 1), found)
      }
    }
    const variable = readUse(use)
    found.set(variable.name, variable)
    collect(variable.defaultValue, found)
    collect(variable.presenceValue, found)
  }
}

const readUse = (use: string): UsedVariable => {
  const [, name = '', operator = '', operand = ''] = /^([A-Za-z0-9_]*)(:?[-+?])?(.*)$/s.exec(use) ?? []
  const kind = operator.slice(-1)
  return {
    name,
    required: kind === '?',
    defaultValue: kind === '-' ? operand : '',
    presenceValue: kind === '+' ? operand : '',
  }
}
