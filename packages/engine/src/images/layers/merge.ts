import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { execa } from 'execa'
import { endOfArchive, formatHeader } from '../tar/writer.ts'
import type { Layer } from './layer-store.ts'
import { hiddenBy } from './merged-tree.ts'
import { toolOptions } from './unpack.ts'

/**
 * Below each layer that takes something away lies one more with the whiteouts for it, so that the layers on disk hold nothing but
 * files and each whiteout lies in a directory that overlayfs merges (in others it would show as a broken entry).
 */
const script = `set -eu
work=$1 count=$2; shift 2
mount -t tmpfs -o mode=0700,nosuid,nodev tmpfs "$work"
cd "$work"
mkdir whiteouts empty merged
tar --extract --directory=whiteouts
lower=
for ((i = 0; i < count; i++)); do
  ln -s "$1" "l$i"; shift
  lower+="l$i:"
  [ ! -d "whiteouts/$i" ] || lower+="whiteouts/$i:"
done
mount -t overlay -o "ro,nosuid,nodev,lowerdir=\${lower}empty" overlay merged
exec "$@"`

/**
 * Runs a command in a directory where `merged` is the whole file system of an image, read-only, in a mount namespace of its own:
 * nothing is mounted anywhere else, and nothing is left when the command ends.
 *
 * @param layers top first
 * @param temporary a directory of the caller, for this call
 */
export const runMerged = async (
  layers: readonly Layer[],
  temporary: string,
  command: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<void> => {
  const work = join(temporary, 'merge')
  await mkdir(work)
  const opaqueRoot = layers.findIndex((layer) => layer.opaque.includes(''))
  const used = opaqueRoot === -1 ? layers : layers.slice(0, opaqueRoot + 1)
  const trees = used.map(({ tree }) => tree)
  await execa(
    'unshare',
    [
      '--mount',
      '--propagation=private',
      '--',
      'bash',
      '-c',
      script,
      'merge',
      work,
      `${trees.length}`,
      ...trees,
      ...command,
    ],
    { ...toolOptions, env: { ...toolOptions.env, ...env }, input: whiteoutArchive(used) },
  )
}

/** Character devices 0:0, as overlayfs wants them, in a directory per layer. */
const whiteoutArchive = (layers: readonly Layer[]): Buffer =>
  Buffer.concat([
    ...layers.flatMap((layer, i) =>
      [...hiddenBy(layer)]
        .filter((path) => path !== '')
        .map((path) =>
          formatHeader({
            type: 'character',
            name: `${i}/${path}`,
            linkName: '',
            mode: 0,
            uid: 0,
            gid: 0,
            size: 0,
            mtime: '0',
            xattrs: new Map(),
          }),
        ),
    ),
    endOfArchive,
  ])
