import type { Duplex } from 'node:stream'
import type { ExecStreams } from '@container-compose/orchestrator'
import type { World } from './command.ts'

/**
 * Our standard streams for a process in a container. With a terminal stdin is raw, so that Ctrl-C and the like go to the
 * process, and its window follows ours.
 */
export const terminalStreams = (
  world: World,
  { tty, stdin }: { readonly tty: boolean; readonly stdin: boolean },
): ExecStreams => ({
  size: sizeOf(world),
  connect(stream, resize) {
    const letGo = stdin ? feed(world, stream, { raw: tty }) : endInput(stream)
    const follow = (): void => {
      const [rows, columns] = sizeOf(world) ?? []
      // The process may have ended in the meantime.
      if (rows && columns) resize(rows, columns).catch(() => {})
    }
    if (tty) {
      // Once at the beginning too: the size may have changed since it was sent, and an older engine takes it only so.
      follow()
      world.stdout.on('resize', follow)
    }
    return () => {
      world.stdout.off('resize', follow)
      letGo()
    }
  },
  write(stream, bytes) {
    world[stream].write(bytes)
  },
})

const sizeOf = ({ stdout: { rows, columns } }: World): readonly [number, number] | undefined =>
  rows && columns ? [rows, columns] : undefined

const endInput = (stream: Duplex): (() => void) => {
  stream.end()
  return () => {}
}

const feed = (world: World, stream: Duplex, { raw }: { readonly raw: boolean }): (() => void) => {
  const { stdin } = world
  const isRaw = raw && stdin.isTTY === true
  if (isRaw) stdin.setRawMode(true)
  const write = (bytes: Buffer): void => {
    if (!stream.write(bytes)) {
      stdin.pause()
      stream.once('drain', () => stdin.resume())
    }
  }
  const end = (): void => {
    stream.end()
  }
  stdin.on('data', write)
  stdin.on('end', end)
  // A stdin that cannot be read is as good as one that has ended.
  stdin.on('error', end)
  stream.on('error', () => {})
  return () => {
    stdin.off('data', write)
    stdin.off('end', end)
    stdin.pause()
    if (isRaw) stdin.setRawMode(false)
  }
}
