import { expect, test } from 'vitest'
import { storageOf } from './driver-options.ts'

const gibibyte = 1024 ** 3

test.each<[object, number]>([
  [{}, 64 * gibibyte],
  [{ size: '10g' }, 10 * gibibyte],
  [{ size: '1.5GiB' }, 1.5 * gibibyte],
  [{ size: '512M' }, gibibyte / 2],
  [{ size: '33554432' }, 32 * 1024 ** 2],
  [{ o: 'size=20gb' }, 20 * gibibyte],
  [{ o: 'rw,size=1t', size: '1t' }, 1024 * gibibyte],
])('a disk with %j has %d bytes', (options, bytes) => {
  expect(storageOf('vol', { type: 'ext4', ...options })).toEqual({ kind: 'ext4', bytes })
})

test.each<[object, string]>([
  [{ size: 'large' }, "create vol: invalid size: 'large'"],
  [{ size: '1m' }, 'between 16m and 8t, not 1m'],
  [{ size: '9t' }, 'between 16m and 8t, not 9t'],
  [{ size: '1g', o: 'size=2g' }, 'two sizes: 1g and 2g'],
  [{ o: 'noatime' }, 'does not know the mount option "noatime"'],
  [{ device: '/dev/sda1' }, 'the disk is made by the engine, not "/dev/sda1"'],
])('a disk with %j is refused', (options, message) => {
  expect(() => storageOf('vol', { type: 'ext4', ...options })).toThrow(message)
})
