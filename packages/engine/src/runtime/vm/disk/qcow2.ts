const clusterBits = 16
const clusterBytes = 2 ** clusterBits

/**
 * An empty qcow2 image, version 3 (https://www.qemu.org/docs/master/interop/qcow2.html): a header, an empty L1 table, and the
 * reference counts of these clusters. It names no backing file: whoever opens it says which, so that nothing in the image,
 * which a guest's QEMU writes, can ever name one.
 *
 * Written by ourselves because starting qemu-img costs 25 ms, as much as everything else that a start does on the host.
 */
export const emptyQcow2 = (virtualBytes: number): Buffer => {
  const tableEntries = clusterBytes / 8
  const l1Entries = Math.ceil(virtualBytes / (clusterBytes * tableEntries))
  const l1Clusters = Math.ceil((l1Entries * 8) / clusterBytes)
  const [refcountTable, refcountBlock, l1Table] = [1, 2, 3]
  const image = Buffer.alloc((3 + l1Clusters) * clusterBytes)

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
  for (let cluster = 0; cluster < 3 + l1Clusters; cluster++)
    image.writeUInt16BE(1, refcountBlock * clusterBytes + cluster * 2)
  return image
}
