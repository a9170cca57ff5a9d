import { networkInterfaces } from 'node:os'

/** The host's primary address that is not loopback: what `host-gateway` means. Undefined when it has none. */
export const hostAddress = (): string | undefined =>
  Object.values(networkInterfaces())
    .flat()
    .find((address) => address?.family === 'IPv4' && !address.internal)?.address
