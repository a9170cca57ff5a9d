import { type Dict, isDict, isList, type Value } from '../tree/value.ts'

const entriesOf = (root: Dict, kind: string): Dict[] => {
  const holder = root.get(kind)
  return isDict(holder) ? [...holder.values()].filter(isDict) : []
}

/** Key of a secret's content, which is never printed. */
export const secretContentKey = 'x-#value'

/** Gives names without a value in lists of `environment` the value of the project's environment, and reads secrets and configs that come from it. In place. */
export const resolveVariables = (root: Dict, environment: Readonly<Record<string, string>>): void => {
  const known = (name: string): string | undefined =>
    Object.hasOwn(environment, name) ? environment[name] : undefined
  for (const service of entriesOf(root, 'services')) {
    const list = service.get('environment')
    if (!isList(list)) continue
    for (const [index, item] of list.entries()) {
      const value = typeof item === 'string' ? known(item) : undefined
      if (value !== undefined) list[index] = `${String(item)}=${value}`
    }
  }
  for (const secret of entriesOf(root, 'secrets')) setContent(secret, secretContentKey, known)
  for (const config of entriesOf(root, 'configs')) setContent(config, 'content', known)
}

const setContent = (object: Dict, key: string, known: (name: string) => string | undefined): void => {
  const name: Value | undefined = object.get('environment')
  const content = typeof name === 'string' ? known(name) : undefined
  if (content !== undefined) object.set(key, content)
}
