import { checkString } from '../arguments.ts'
import { binding } from '../binding.ts'
import {
  type AddressInfo,
  decodeAddress,
  decodeLink,
  encodeChange,
  type LinkChange,
  type LinkInfo,
  listAddressesRequest,
  listLinksRequest,
} from './link-messages.ts'
import { decodeAnswers, encodeRequests, type Request } from './message.ts'

/** All links of a network namespace. */
export const listLinks = async (netnsPath: string): Promise<LinkInfo[]> =>
  (await transact(netnsPath, [listLinksRequest])).map(decodeLink)

/** All addresses of a network namespace. IPv6 texts are not shortened. */
export const listAddresses = async (netnsPath: string): Promise<AddressInfo[]> =>
  (await transact(netnsPath, [listAddressesRequest])).map(decodeAddress)

/**
 * Makes the changes in order. What comes after a change that the kernel refuses is tried all the same.
 *
 * @throws SystemError of the first change refused: `EEXIST`, `ENODEV`, `EADDRNOTAVAIL` …
 */
export const changeLinks = async (netnsPath: string, changes: readonly LinkChange[]): Promise<void> => {
  for (let at = 0; at < changes.length; at += batchSize)
    await transact(netnsPath, changes.slice(at, at + batchSize).map(encodeChange))
}

/** So that neither the requests nor their acknowledgements outgrow a socket's buffer. */
const batchSize = 100

const transact = async (netnsPath: string, requests: readonly Request[]): Promise<Buffer[]> =>
  decodeAnswers(
    await binding().rtnetlink(checkString('netnsPath', netnsPath), encodeRequests(requests), requests.length),
    requests,
  )
