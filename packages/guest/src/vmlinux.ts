import { gunzipSync } from 'node:zlib'
import { lz4LegacyMagic, unpackLz4Legacy } from './lz4.ts'

/**
 * The ELF kernel inside a bzImage. QEMU enters it by PVH, which skips the real mode code and unpacking in the guest:
 * a second and more under emulation.
 *
 * @throws RangeError when it is no bzImage or packed in an unknown way.
 */
export const extractVmlinux = (bzImage: Buffer): Buffer => {
  if (bzImage.length < 0x260 || bzImage.toString('latin1', 0x202, 0x206) !== 'HdrS')
    throw new RangeError('not a Linux bzImage')
  // Documentation/arch/x86/boot.rst: setup_sects, payload_offset, payload_length.
  const setupSectors = bzImage[0x1f1] || 4
  const start = (setupSectors + 1) * 512 + bzImage.readUInt32LE(0x248)
  const payload = bzImage.subarray(start, start + bzImage.readUInt32LE(0x24c))
  const vmlinux = unpack(payload)
  if (vmlinux.readUInt32BE(0) !== 0x7f454c46) throw new RangeError('the packed kernel is no ELF file')
  return vmlinux
}

const unpack = (payload: Buffer): Buffer => {
  const magic = payload.readUInt32LE(0)
  if (magic === lz4LegacyMagic) return unpackLz4Legacy(payload, payload.readUInt32LE(payload.length - 4))
  if ((magic & 0xffff) === 0x8b1f) return gunzipSync(payload)
  throw new RangeError(`unknown packing of the kernel: 0x${magic.toString(16)}`)
}
