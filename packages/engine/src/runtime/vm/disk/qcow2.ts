const clusterBits = 16
export const clusterBytes = 2 ** clusterBits
const tableEntries = clusterBytes / 8
/** No compression, no other owner: the cluster can be written in place (bit 63). */
const copied = 1n << 63n

/** A part of the disk that the image has from the beginning. */
export interface Cluster {
  /** Offset on the disk / `clusterBytes`. */
  readonly index: number
  /** `clusterBytes` of them. */
  readonly data: Buffer
}

/**
 * A qcow2 image, version 3 (https://www.qemu.org/docs/master/interop/qcow2.html), with nothing in it but these clusters. It names no
 * backing file: whoever opens it says which, so that nothing in the image, which a guest's QEMU writes, can ever name one.
 *
 * Written by ourselves because starting qemu-img costs 25 ms, as much as everything else that a start does on the host.
 */
export const newQcow2 = (virtualBytes: number, clusters: readonly Cluster[] = []): Buffer => {
  const l1Entries = Math.ceil(virtualBytes / (clusterBytes * tableEntries))
  const l1Clusters = Math.ceil((l1Entries * 8) / clusterBytes)
  const l2Indices = [...new Set(clusters.map(({ index }) => Math.floor(index / tableEntries)))]
  // The order of the parts, each of whole clusters.
  const [refcountTable, refcountBlock, l1Table] = [1, 2, 3]
  const firstL2 = l1Table + l1Clusters
  const firstData = firstL2 + l2Indices.length
  const used = firstData + clusters.length
  const image = Buffer.alloc(used * clusterBytes)

  image.writeUInt32BE(0x514649fb, 0)
  image.writeUInt32BE(3, 4)
  image.writeUInt32BE(clusterBits, 20)
  image.writeBigUInt64BE(BigInt(virtualBytes), 24)
  image.writeUInt32BE(l1Entries, 36)
  image.writeBigUInt64BE(BigInt(l1Table * clusterBytes), 40)
  image.writeBigUInt64BE(BigInt(refcountTable * clusterBytes), 48)
  image.writeUInt32BE(1, 56)
  // Reference counts of 2^4 bits; a header of 104 bytes, followed by the end of extensions (zeros).
  image.writeUInt32BE(4, 96)
  image.writeUInt32BE(104, 100)

  image.writeBigUInt64BE(BigInt(refcountBlock * clusterBytes), refcountTable * clusterBytes)
  for (let cluster = 0; cluster < used; cluster++)
    image.writeUInt16BE(1, refcountBlock * clusterBytes + cluster * 2)

  const pointer = (cluster: number): bigint => BigInt(cluster * clusterBytes) | copied
  l2Indices.forEach((l2Index, position) => {
    image.writeBigUInt64BE(pointer(firstL2 + position), l1Table * clusterBytes + l2Index * 8)
  })
  clusters.forEach(({ index, data }, position) => {
    const table = firstL2 + l2Indices.indexOf(Math.floor(index / tableEntries))
    image.writeBigUInt64BE(pointer(firstData + position), table * clusterBytes + (index % tableEntries) * 8)
    data.copy(image, (firstData + position) * clusterBytes)
  })
  return image
}
