import { isIPv4, isIPv6 } from 'node:net'

/** An address in network order, 4 or 16 bytes, with its prefix length (the whole address when none is written). */
export const parseAddress = (text: string): { readonly bytes: Buffer; readonly prefix: number } => {
  const [address = '', prefixText] = text.split('/')
  const bytes = isIPv4(address) ? ipv4Bytes(address) : isIPv6(address) ? ipv6Bytes(address) : undefined
  const prefix = prefixText === undefined ? (bytes?.length ?? 0) * 8 : Number(prefixText)
  if (bytes === undefined || !Number.isInteger(prefix) || prefix < 0 || prefix > bytes.length * 8)
    throw new RangeError(`not an address: "${text}"`)
  return { bytes, prefix }
}

export const parseMac = (text: string): Buffer => {
  if (!/^[0-9a-f]{2}(:[0-9a-f]{2}){5}$/i.test(text)) throw new RangeError(`not a MAC address: "${text}"`)
  return Buffer.from(text.replaceAll(':', ''), 'hex')
}

const ipv4Bytes = (address: string): Buffer => Buffer.from(address.split('.').map(Number))

const ipv6Bytes = (address: string): Buffer => {
  // The URL parser writes every form, dotted tails too, as hexadecimal groups.
  const plain = new URL(`http://[${address.split('%')[0]}]/`).hostname.slice(1, -1)
  const [head = '', tail] = plain.split('::')
  const groups = (part: string): string[] => (part === '' ? [] : part.split(':'))
  const zeros = tail === undefined ? 0 : 8 - groups(head).length - groups(tail).length
  const all = [...groups(head), ...Array.from({ length: zeros }, () => '0'), ...groups(tail ?? '')]
  return Buffer.from(all.map((group) => group.padStart(4, '0')).join(''), 'hex')
}
