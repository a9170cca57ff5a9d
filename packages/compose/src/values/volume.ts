import { Dict, dict } from '../tree/value.ts'
import type { Read } from './result.ts'

const propagations = new Set(['rprivate', 'private', 'rshared', 'shared', 'rslave', 'slave'])

interface Sections {
  readonly source: string
  readonly target: string
  readonly options: string
}

/** The sections of a volume in short form, `[source:]target[:options]`. */
export const readSections = (spec: string): Read<Sections> => {
  if (spec === '') return { problem: 'invalid empty volume spec' }
  if (spec.length <= 2) return { value: { source: '', target: spec, options: '' } }
  const sections = splitSections(spec)
  for (let index = 0; index < sections.length; index += 1) {
    const why =
      sections[index] === ''
        ? 'empty section between colons'
        : index === 2 && sections.length > 3
          ? 'too many colons'
          : undefined
    if (why !== undefined) return { problem: `invalid spec: ${spec}: ${why}` }
  }
  const [first = '', second, options = ''] = sections
  if (second === undefined) return { value: { source: '', target: first, options } }
  return { value: { source: first, target: second, options } }
}

/** A volume in short form as the attributes of its long form. */
export const readVolume = (spec: string): Read<Dict> => {
  const read = readSections(spec)
  if ('problem' in read) return read
  const { source, target, options } = read.value
  if (spec.length <= 2) return { value: dict({ type: 'volume', target }) }
  const isBind = isFilePath(source)
  const volume = new Dict([['type', isBind ? 'bind' : 'volume']])
  if (source !== '') volume.set('source', source)
  volume.set('target', target)
  const bind = new Dict()
  let noCopy = false
  let readOnly = false
  for (const option of options === '' ? [] : options.split(',')) {
    if (option === 'ro') readOnly = true
    else if (option === 'rw') readOnly = false
    else if (option === 'nocopy') noCopy = true
    else if (propagations.has(option)) bind.set('propagation', option)
    else if (option === 'z' || option === 'Z') bind.set('selinux', option)
  }
  if (readOnly) volume.set('read_only', true)
  if (isBind) bind.set('create_host_path', true)
  if (isBind || bind.size > 0) volume.set('bind', bind)
  if (!isBind || noCopy) volume.set('volume', noCopy ? dict({ nocopy: true }) : new Dict())
  return { value: volume }
}

/** Cuts at colons, but not at those of `C:` and inside of `${…}`. */
const splitSections = (spec: string): string[] => {
  // Short sections may be drives, and variables may hold colons.
  if (!spec.includes('$') && !/(^|:)\p{L}:/u.test(spec)) return spec.split(':')
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
