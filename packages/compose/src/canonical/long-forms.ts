import { toMapping } from '../merge/sequences.ts'
import { cleanPath } from '../paths/clean.ts'
import { goQuote, goText, goType } from '../tree/go-text.ts'
import { Dict, dict, isDict, isList, type List, type Value } from '../tree/value.ts'
import { readPort } from '../values/port.ts'
import { readVolume } from '../values/volume.ts'
import { type LongForm, LongFormError } from './long-form.ts'

const wrongType = (path: string, value: Value, attribute: string): LongFormError =>
  new LongFormError('WRONG_TYPE', `${path}: invalid type ${goType(value)}${attribute && ` for ${attribute}`}`)

export const textOf: LongForm = (value) => (typeof value === 'string' ? value : goText(value))

export const stringOrList: LongForm = (value) => (typeof value === 'string' ? [value] : value)

/** A list of names as a mapping to nothing. */
export const names: LongForm = (value) => (isList(value) ? (toMapping(value) ?? value) : value)

export const build: LongForm = (value, { path }) => {
  if (isDict(value)) return value
  if (typeof value === 'string') return dict({ context: value })
  throw wrongType(path, value, 'build')
}

export const extended: LongForm = (value, { path }) => {
  if (isDict(value)) return value
  if (typeof value === 'string') return dict({ service: value })
  throw wrongType(path, value, 'extends')
}

export const fileReference: LongForm = (value, { path }) => {
  if (isDict(value)) return value
  if (typeof value === 'string') return dict({ source: value })
  throw new LongFormError('WRONG_TYPE', `${path}: unsupported type ${goType(value)}`)
}

export const keyValues: LongForm = (value, { path, keepUnreadable }) => {
  if (isDict(value)) return value
  if (!isList(value)) throw wrongType(path, value, '')
  const mapping = new Dict()
  for (const [index, item] of value.entries()) {
    const text = goText(item)
    const at = text.indexOf('=')
    if (at < 0) {
      if (keepUnreadable) return value
      throw new LongFormError('KEY_VALUE', `${path}: invalid value ${text}, expected key=value`, index)
    }
    mapping.set(text.slice(0, at), text.slice(at + 1))
  }
  return mapping
}

export const buildSsh: LongForm = (value, { path }) => {
  if (isDict(value)) return value
  if (!isList(value)) throw wrongType(path, value, 'ssh')
  const keys = new Dict()
  for (const [index, item] of value.entries()) {
    if (typeof item !== 'string')
      throw new LongFormError('SSH_KEY', `invalid ssh key type ${goType(item)}`, index)
    const at = item.indexOf('=')
    if (at >= 0) keys.set(item.slice(0, at), item.slice(at + 1))
    else if (item === 'default') keys.set(item, null)
    else throw new LongFormError('SSH_KEY', `invalid ssh key ${goQuote(item)}`, index)
  }
  return keys
}

export const dependsOn: LongForm = (value, { path }) => {
  if (isList(value))
    return toMapping(value, () => dict({ condition: 'service_started', required: true })) ?? value
  if (!isDict(value)) throw wrongType(path, value, 'depend_on')
  for (const [name, dependency] of value) {
    if (!isDict(dependency))
      throw new LongFormError('WRONG_TYPE', `${path}.${name}: unsupported value ${goText(value)}`)
    if (!dependency.has('condition')) dependency.set('condition', 'service_started')
    if (!dependency.has('required')) dependency.set('required', true)
  }
  return value
}

export const envFiles: LongForm = (value, { path }) => {
  const long = (file: Value): Value => {
    if (typeof file === 'string') return dict({ path: file, required: true })
    if (isDict(file) && !file.has('required')) file.set('required', true)
    return isDict(file) ? file : null
  }
  if (typeof value === 'string') return [long(value)]
  if (!isList(value)) throw wrongType(path, value, 'env_file')
  for (const [index, file] of value.entries()) value[index] = long(file)
  return value
}

export const gpus: LongForm = (value, { path }) => {
  if (isList(value)) return value
  if (typeof value === 'string') return [dict({ count: 'all' })]
  throw wrongType(path, value, 'gpus')
}

export const ulimit: LongForm = (value, { path }) => {
  if (isDict(value) || typeof value === 'number') return value
  throw wrongType(path, value, 'external')
}

export const volume: LongForm = (value, { path, keepUnreadable }) => {
  if (isDict(value)) return value
  if (typeof value !== 'string') throw wrongType(path, value, 'service volume mount')
  const read = readVolume(value)
  if ('problem' in read) {
    if (keepUnreadable) return value
    throw new LongFormError('VOLUME_SPEC', read.problem)
  }
  const target = read.value.get('target')
  if (typeof target === 'string' && target !== '') read.value.set('target', cleanPath(target))
  return read.value
}

export const device: LongForm = (value, { path, keepUnreadable }) => {
  if (isDict(value)) return value
  if (typeof value !== 'string') throw wrongType(path, value, 'service volume mount')
  const parts = value.split(':')
  const [source = '', target = '', permissions = 'rwm'] = parts
  if (parts.length > 3) {
    if (keepUnreadable) return dict({ source: '', target: '', permissions: 'rwm' })
    throw new LongFormError('DEVICE_SPEC', `confusing device mapping, please use long syntax: ${value}`)
  }
  return dict({ source, target: target === '' ? source : target, permissions })
}

export const ports: LongForm = (value, { path, keepUnreadable }) => {
  if (!isList(value)) throw wrongType(path, value, 'port')
  const long: List = []
  const nodes: (typeof value.nodes & object)[number][] = []
  for (const [index, entry] of value.entries()) {
    const node = value.nodes?.[index]
    if (isDict(entry)) {
      long.push(entry)
      nodes.push(node)
      continue
    }
    if (typeof entry !== 'string' && typeof entry !== 'number') throw wrongType(path, entry, 'port')
    const read = readPort(String(entry))
    if ('problem' in read) {
      if (keepUnreadable) return value
      throw new LongFormError('PORT_SPEC', read.problem, index)
    }
    for (const { hostIp, published, target, protocol } of read.value) {
      const port = dict({ mode: 'ingress' })
      if (hostIp !== '') port.set('host_ip', hostIp)
      if (target !== 0) port.set('target', target)
      if (published !== '') port.set('published', published)
      port.set('protocol', protocol)
      long.push(port)
      nodes.push(node)
    }
  }
  long.nodes = nodes
  return long
}

/** `external: {name: …}` as name and external apart. */
export const external: LongForm = (value, { path, warn }) => {
  if (!isDict(value)) return value
  const old = value.get('external')
  if (!isDict(old)) return value
  value.set('external', true)
  const name = value.get('name')
  const oldName = old.get('name')
  if (oldName === undefined) return value
  warn('EXTERNAL_NAME', `${path}: external.name is deprecated. Please set name and external: true`)
  if (name !== undefined && name !== oldName)
    throw new LongFormError('EXTERNAL_NAME', `${path}: name and external.name conflict; only use name`)
  value.set('name', oldName)
  return value
}
