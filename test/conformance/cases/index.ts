import type { Case } from '../case.ts'
import { commandLine, discovery } from './command-line.ts'
import { consistency } from './consistency.ts'
import { dotenv } from './dotenv.ts'
import { fuzzed } from './fuzzed.ts'
import { attributes, merges } from './merges.ts'
import { oddValues } from './odd-values.ts'
import { references } from './references.ts'
import { shortForms } from './short-forms.ts'
import { templates } from './templates.ts'
import { wholeProjects } from './whole-projects.ts'
import { yamlTexts } from './yaml-texts.ts'

/** Every group of cases, made when asked for. */
export const groups: Readonly<Record<string, () => Iterable<Case>>> = {
  attributes,
  merges,
  'short-forms': shortForms,
  dotenv,
  templates,
  yaml: yamlTexts,
  'command-line': commandLine,
  discovery,
  references,
  consistency,
  'whole-projects': wholeProjects,
  fuzzed,
  'odd-values': oddValues,
}
