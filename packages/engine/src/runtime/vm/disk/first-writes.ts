import type { FileHandle } from 'node:fs/promises'
import { type Cluster, clusterBytes } from './qcow2.ts'

/**
 * What mounting an ext4 file system writes: its superblock and the first block of its journal. In an overlay that has these
 * clusters already that is a write in place. Else qcow2 would make the clusters, which takes six waits for the host's disk, one
 * after the other, while the guest waits for its mount.
 */
export const firstWrites = async (base: FileHandle): Promise<Cluster[]> => {
  const first = await readCluster(base, 0)
  const journal = journalOffset(first.data)
  if (journal === undefined || journal < clusterBytes) return [first]
  return [first, await readCluster(base, Math.floor(journal / clusterBytes))]
}

const readCluster = async (base: FileHandle, index: number): Promise<Cluster> => {
  const data = Buffer.alloc(clusterBytes)
  await base.read(data, 0, clusterBytes, index * clusterBytes)
  return { index, data }
}

/** Offsets in struct ext4_super_block (fs/ext4/ext4.h); `jnlBlocks` is a copy of the journal inode's map of blocks. */
const superblock = { at: 1024, magic: 0x38, logBlockSize: 0x18, jnlBlocks: 0x10c } as const
const ext4Magic = 0xef53
const extentMagic = 0xf30a
const extentHeaderBytes = 12

/** Where the journal begins, in bytes; undefined where the superblock does not say. */
const journalOffset = (start: Buffer): number | undefined => {
  const { at } = superblock
  if (start.readUInt16LE(at + superblock.magic) !== ext4Magic) return undefined
  const map = at + superblock.jnlBlocks
  const [entries, depth] = [start.readUInt16LE(map + 2), start.readUInt16LE(map + 6)]
  if (start.readUInt16LE(map) !== extentMagic || entries === 0 || depth !== 0) return undefined
  const extent = map + extentHeaderBytes
  const block = start.readUInt16LE(extent + 6) * 2 ** 32 + start.readUInt32LE(extent + 8)
  return block * 2 ** (10 + start.readUInt32LE(at + superblock.logBlockSize))
}
