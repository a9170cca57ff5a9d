import { isIP } from 'node:net'

/** A numeric address as 4 or 16 bytes in network order. */
export const ipBytes = (address: string): Buffer => {
  const family = isIP(address)
  if (family === 4) return Buffer.from(address.split('.').map(Number))
  if (family !== 6) throw new TypeError(`Expected an IP address, received ${JSON.stringify(address)}`)
  // An IPv4 tail counts as two groups.
  const text = address.replace(/[\d.]+$/, (tail) =>
    tail.includes('.') ? (ipBytes(tail).toString('hex').match(/.{4}/g) ?? []).join(':') : tail,
  )
  const [head = [], tail = []] = text
    .split('::')
    .map((half) => half.split(':').filter((group) => group !== ''))
  const zeros = Array.from({ length: text.includes('::') ? 8 - head.length - tail.length : 0 }, () => '0')
  return Buffer.from([...head, ...zeros, ...tail].map((group) => group.padStart(4, '0')).join(''), 'hex')
}

/** The address's text: dotted for 4 bytes; for 16 the eight groups, not shortened. */
export const ipText = (bytes: Buffer): string =>
  bytes.length === 4 ? bytes.join('.') : (bytes.toString('hex').match(/.{4}/g) ?? []).join(':')
