import type { LoadContext, LoadedDocument } from '../context.ts'
import { interpolate } from '../interpolate/interpolate.ts'
import { locateNode } from '../tree/locate.ts'
import { isDict } from '../tree/value.ts'
import { type Decoded, DecodeError, decodeDocument } from './decode.ts'
import type { YamlNode } from './node.ts'

/**
 * The documents of a file, decoded and interpolated. A document with faults is left out, and what follows it, too.
 *
 * @throws UserError when the file can't be read
 */
export const loadDocuments = (file: string, context: LoadContext): LoadedDocument[] => {
  const { report, environment, stages } = context
  const parsed = context.shared.read(file)
  const loaded: LoadedDocument[] = []
  for (const node of parsed.documents) {
    const decoded = decode(file, node, context)
    if (decoded === undefined) return loaded
    const { value, resets } = decoded
    if (!isDict(value)) {
      report.faultIn(node, 'NOT_A_MAPPING', 'top-level object must be a mapping')
      return loaded
    }
    const before = report.faultCount
    if (stages.interpolate) interpolate(value, (name) => ownValue(environment, name), report)
    loaded.push({ file, root: value, node, resets, isInterpolated: report.faultCount === before })
  }
  if (parsed.fault !== undefined)
    report.fault('YAML_SYNTAX', `failed to parse ${file}: ${parsed.fault.message}`, {
      at: parsed.fault.at,
      hint: parsed.fault.hint,
    })
  return loaded
}

const ownValue = (record: Readonly<Record<string, string>>, name: string): string | undefined =>
  Object.hasOwn(record, name) ? record[name] : undefined

const decode = (file: string, node: YamlNode, { report }: LoadContext): Decoded | undefined => {
  try {
    const decoded = decodeDocument(node)
    for (const { code, message, node: at, more = [] } of decoded.faults)
      report.fault(code, message.startsWith('non-string') ? message : `failed to parse ${file}: ${message}`, {
        at: [at, ...more].map(locateNode),
        hint: code === 'YAML_KEY' ? 'put the key in quotes' : undefined,
      })
    return decoded.faults.length === 0 ? decoded : undefined
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error
    report.faultIn(error.fault.node, error.fault.code, `failed to parse ${file}: ${error.fault.message}`)
    return undefined
  }
}
