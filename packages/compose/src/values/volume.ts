import { type Dict, dict, type Value } from '../tree/value.ts'
import type { Read } from './result.ts'

const propagations = new Set(['rprivate', 'private', 'rshared', 'shared', 'rslave', 'slave'])

/** A volume in short form, `[source:]target[:options]`, as the attributes of its long form. */
export const readVolume = (spec: string): Read<Dict> => {
  if (spec === '') return { problem: 'invalid empty volume spec' }
  if (spec.length <= 2) return { value: dict({ type: 'volume', target: spec }) }
  const sections = splitSections(spec)
  const invalid = (why: string) => ({ problem: `invalid spec: ${spec}: ${why}` })
  for (const [index, section] of sections.entries()) {
    if (section === '') return invalid('empty section between colons')
    if (index === 2 && sections.length > 3) return invalid('too many colons')
  }
  const [first = '', second, options = ''] = sections
  const source = second === undefined ? '' : first
  const target = second ?? first
  const entries: Record<string, Value> = {}
  const bind: Record<string, Value> = {}
  let noCopy = false
  let readOnly = false
  for (const option of options.split(',')) {
    if (option === 'ro') readOnly = true
    else if (option === 'rw') readOnly = false
    else if (option === 'nocopy') noCopy = true
    else if (propagations.has(option)) bind['propagation'] = option
    else if (option === 'z' || option === 'Z') bind['selinux'] = option
  }
  const isBind = isFilePath(source)
  entries['type'] = isBind ? 'bind' : 'volume'
  if (source !== '') entries['source'] = source
  entries['target'] = target
  if (readOnly) entries['read_only'] = true
  if (isBind) bind['create_host_path'] = true
  if (isBind || Object.keys(bind).length > 0) entries['bind'] = dict(bind)
  if (!isBind || noCopy) entries['volume'] = dict(noCopy ? { nocopy: true } : {})
  return { value: dict(entries) }
}

/** Cuts at colons, but not at those of `C:` and inside of `${…}`. */
const splitSections = (spec: string): string[] => {
  const sections: string[] = []
  let section = ''
  let open = 0
  for (let index = 0; index < spec.length; index += 1) {
    const character = spec.charAt(index)
    if (character === '$' && spec[index + 1] === '{') open += 1
    else if (character === '}' && open > 0) open -= 1
    else if (character === ':' && open === 0 && !/^\p{L}$/u.test(section)) {
      sections.push(section)
      section = ''
      continue
    }
    section += character
  }
  return [...sections, section]
}

const isFilePath = (source: string): boolean =>
  /^[./~]/.test(source) || source.startsWith('\\\\') || /^\p{L}:/u.test(source)
