import * as fs from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import {
  frame,
  initBody,
  name,
  opcode,
  type RawGuest,
  rawGuest,
  words32,
  words64,
} from './testing/raw-guest.ts'

const [EINVAL, ESTALE, ENOSYS, EPERM, EXDEV, EAGAIN, ENOLCK, ENAMETOOLONG] = [
  -22, -116, -38, -1, -18, -11, -37, -36,
]

let dir: string
let source: string
let guest: RawGuest

beforeEach(async () => {
  dir = await fs.mkdtemp(join(tmpdir(), 'hostile-'))
  source = join(dir, 'source')
  await fs.mkdir(source)
  await fs.writeFile(join(source, 'file'), 'content')
  await fs.mkdir(join(source, 'dir'))
  await fs.symlink('/etc/passwd', join(source, 'out'))
  guest = await rawGuest('plain', [`rw=${source}`, `ro=${join(source, 'dir')}`], ['--xattrs'])
})

afterEach(async () => {
  await guest[Symbol.asyncDispose]()
  await fs.rm(dir, { recursive: true })
})

const start = async (): Promise<void> => {
  expect((await guest.ask(opcode.init, 0n, initBody)).error).toBe(0)
}

const lookUp = async (parent: bigint, child: string): Promise<bigint> => {
  const { error, body } = await guest.ask(opcode.lookup, parent, name(child))
  expect(error).toBe(0)
  return body.readBigUInt64LE(0)
}

const readBody = (size: number) => Buffer.concat([words64(0n, 0n), words32(size, 0), words64(0n, 0n)])

test('an honest guest is served', async () => {
  await start()
  const file = await lookUp(await lookUp(1n, '0'), 'file')
  expect((await guest.ask(opcode.read, file, readBody(100))).body.toString()).toBe('content')
})

describe('names', () => {
  test.each(['..', '.', 'dir/../..', '/etc/passwd', 'dir/x'])('%s is no name', async (bad) => {
    await start()
    const root = await lookUp(1n, '0')
    for (const parent of [1n, root]) {
      expect((await guest.ask(opcode.lookup, parent, name(bad))).error).toBe(EINVAL)
      expect((await guest.ask(opcode.unlink, parent, name(bad))).error).toBe(EINVAL)
      expect(
        (await guest.ask(opcode.mkdir, parent, Buffer.concat([words32(0o755, 0), name(bad)]))).error,
      ).toBe(EINVAL)
    }
    const file = await lookUp(root, 'file')
    const moves = [
      Buffer.concat([words64(root), name(bad), name('x')]),
      Buffer.concat([words64(root), name('file'), name(bad)]),
    ]
    for (const move of moves) expect((await guest.ask(opcode.rename, root, move)).error).toBe(EINVAL)
    expect((await guest.ask(opcode.link, root, Buffer.concat([words64(file), name(bad)]))).error).toBe(EINVAL)
    expect((await guest.ask(opcode.symlink, root, Buffer.concat([name(bad), name('target')]))).error).toBe(
      EINVAL,
    )
  })

  test('an empty name, one without its end, and one that is too long', async () => {
    await start()
    for (const bad of [name(''), Buffer.from('endless'), Buffer.alloc(0)])
      expect((await guest.ask(opcode.lookup, 1n, bad)).error).toBe(EINVAL)
    expect((await guest.ask(opcode.lookup, 1n, name('n'.repeat(256)))).error).toBe(ENAMETOOLONG)
    // An absent name that may be cached is an entry without an id.
    expect(await lookUp(1n, 'n'.repeat(255))).toBe(0n)
  })
})

describe('files', () => {
  test('a symlink out of the tree is not followed, only read', async () => {
    await start()
    const link = await lookUp(await lookUp(1n, '0'), 'out')
    expect((await guest.ask(opcode.read, link, readBody(100))).error).toBe(EINVAL)
    expect((await guest.ask(opcode.lookup, link, name('x'))).error).toBe(-20)
    expect((await guest.ask(5, link)).body.toString()).toBe('/etc/passwd')
  })

  test('an id that was never given, or is forgotten, means nothing', async () => {
    await start()
    const file = await lookUp(await lookUp(1n, '0'), 'file')
    guest.send(frame(0n, opcode.forget, file, words64(1n)))
    for (const id of [0n, file, 77n, 1n << 40n, (1n << 64n) - 1n]) {
      expect((await guest.ask(opcode.getattr, id, words64(0n, 0n))).error).toBe(ESTALE)
      expect((await guest.ask(opcode.read, id, readBody(1))).error).toBe(ESTALE)
    }
  })

  test('forgetting more than was given, or the root, harms nobody', async () => {
    await start()
    const root = await lookUp(1n, '0')
    guest.send(frame(0n, opcode.forget, root, words64((1n << 64n) - 1n)))
    guest.send(frame(0n, opcode.forget, 1n, words64(1n)))
    guest.send(frame(0n, opcode.batchForget, 0n, Buffer.concat([words32(2, 0), words64(1n, 5n, 99n, 1n)])))
    expect(await lookUp(1n, '0')).toBeGreaterThan(1n)
  })

  test('a pipe is not opened, a device not made, a directory not read as a file', async () => {
    await start()
    const root = await lookUp(1n, '0')
    const mknod = (mode: number) => Buffer.concat([words32(mode, 259, 0, 0), name('node')])
    expect((await guest.ask(opcode.mknod, root, mknod(0o020666))).error).toBe(EPERM)
    expect((await guest.ask(opcode.mknod, root, mknod(0o060666))).error).toBe(EPERM)
    expect((await guest.ask(opcode.mknod, root, mknod(0o010666))).error).toBe(0)
    for (const id of [root, await lookUp(root, 'node')])
      expect((await guest.ask(opcode.read, id, readBody(10))).error).toBe(EINVAL)
  })

  test('a read-only entry of a tree that another entry lets write stays read-only', async () => {
    await start()
    const [writable, fixed] = [await lookUp(await lookUp(1n, '0'), 'dir'), await lookUp(1n, '1')]
    expect(fixed).not.toBe(writable)
    expect((await guest.ask(opcode.mkdir, fixed, Buffer.concat([words32(0o755, 0), name('x')]))).error).toBe(
      -30,
    )
    expect(
      (await guest.ask(opcode.mkdir, writable, Buffer.concat([words32(0o755, 0), name('x')]))).error,
    ).toBe(0)
    const move = Buffer.concat([words64(fixed), name('x'), name('y')])
    expect([EXDEV, -30]).toContain((await guest.ask(opcode.rename, writable, move)).error)
  })

  test('attributes of other kinds than user. are neither read nor set', async () => {
    await start()
    const file = await lookUp(await lookUp(1n, '0'), 'file')
    const set = (key: string) => Buffer.concat([words32(1, 0), name(key), Buffer.from('v')])
    for (const key of ['security.capability', 'trusted.x', 'system.posix_acl_access']) {
      expect((await guest.ask(opcode.setxattr, file, set(key))).error).toBe(-95)
      expect(
        (await guest.ask(opcode.getxattr, file, Buffer.concat([words32(100, 0), name(key)]))).error,
      ).toBe(-95)
    }
    expect((await guest.ask(opcode.setxattr, file, set('user.k'))).error).toBe(0)
    const got = await guest.ask(opcode.getxattr, file, Buffer.concat([words32(100, 0), name('user.k')]))
    expect(got.body.toString()).toBe('v')
    expect((await guest.ask(opcode.listxattr, file, words32(100, 0))).body.toString()).toBe('user.k\0')
  })
})

describe('frames', () => {
  test('nothing but INIT is answered first', async () => {
    expect((await guest.ask(opcode.lookup, 1n, name('0'))).error).toBe(-5)
  })

  test('what is not known is refused', async () => {
    await start()
    for (const op of [0, 7, 19, 35, 37, 39, 40, 41, 48, 51, 60, 4096, 1048576, 0xffff_ffff])
      expect((await guest.ask(op, 1n, Buffer.alloc(64))).error).toBe(ENOSYS)
  })

  test('locks that make no sense, and more than anybody needs, are refused', async () => {
    await start()
    const file = await lookUp(await lookUp(1n, '0'), 'file')
    const [write, unlock, nonsense] = [1, 2, 77]
    const lock = (owner: number, type: number, flags = 0) =>
      Buffer.concat([words64(0n, BigInt(owner), 0n, (1n << 63n) - 1n), words32(type, 0, flags, 0)])
    const ask = async (node: bigint, body: Buffer) => (await guest.ask(opcode.setlk, node, body)).error
    expect(await ask(99n, lock(1, write))).toBe(ESTALE)
    expect(await ask(1n, lock(1, write))).toBe(ENOLCK)
    expect(await ask(file, lock(1, nonsense))).toBe(EINVAL)
    expect(await ask(file, lock(1, nonsense, 1))).toBe(EINVAL)
    expect(await ask(file, lock(1, write).subarray(0, 47))).toBe(EINVAL)
    expect(await ask(file, lock(1, write))).toBe(0)
    const answers: number[] = []
    for (let owner = 2; owner < 8300; owner++) answers.push(await ask(file, lock(owner, write)))
    expect(new Set(answers)).toEqual(new Set([EAGAIN, ENOLCK]))
    expect(await ask(file, lock(1, unlock))).toBe(0)
    guest.send(frame(0n, opcode.forget, file, words64(1n)))
    expect(await ask(file, lock(1, write))).toBe(ESTALE)
  })

  test('a count that is not what follows is refused', async () => {
    await start()
    const file = await lookUp(await lookUp(1n, '0'), 'file')
    const write = (size: number, bytes: number) =>
      Buffer.concat([words64(0n, 0n), words32(size, 0), words64(0n, 0n), Buffer.alloc(bytes)])
    for (const [size, bytes] of [
      [100, 99],
      [99, 100],
      [0xffff_ffff, 8],
      [1, 0],
    ] as const)
      expect((await guest.ask(opcode.write, file, write(size, bytes))).error).toBe(EINVAL)
    expect(
      (await guest.ask(opcode.setxattr, file, Buffer.concat([words32(9, 0), name('user.k'), name('v')])))
        .error,
    ).toBe(EINVAL)
    // Without an answer, and without harm.
    guest.send(frame(0n, opcode.batchForget, 0n, words32(0xffff_ffff, 0)))
    expect(await fs.readFile(join(source, 'file'), 'utf8')).toBe('content')
    expect((await guest.ask(opcode.getattr, 1n, words64(0n, 0n))).error).toBe(0)
  })

  test('a large read, a large listing get what there is', async () => {
    await start()
    const root = await lookUp(1n, '0')
    const file = await lookUp(root, 'file')
    expect((await guest.ask(opcode.read, file, readBody(0xffff_ffff))).body.toString()).toBe('content')
    expect((await guest.ask(opcode.readdirplus, root, readBody(0xffff_ffff))).error).toBe(0)
    expect((await guest.ask(opcode.readdir, root, readBody(0))).error).toBe(0)
    const far = Buffer.concat([words64(0n, -1n), words32(10, 0), words64(0n, 0n)])
    expect((await guest.ask(opcode.read, file, far)).error).toBe(EINVAL)
    expect((await guest.ask(opcode.readdir, root, far)).error).toBe(EINVAL)
  })

  test.each([0, 39, 2 ** 20 + 4097, 0xffff_ffff])('a frame of %d bytes ends the session', async (length) => {
    await start()
    guest.send(frame(2n, opcode.getattr, 1n, Buffer.alloc(16), length))
    await guest.closed
  })

  test('acknowledging what was never sent ends the session', async () => {
    await start()
    guest.send(frame(0n, opcode.notified, 0n, words64(1_000_000n)))
    await guest.closed
  })

  test('200,000 interrupts cost no memory', async () => {
    await start()
    const resident = async () =>
      Number(/^VmRSS:\s+(\d+)/m.exec(await fs.readFile(`/proc/${guest.server.pid}/status`, 'utf8'))?.[1])
    const many = Buffer.concat(
      Array.from({ length: 10_000 }, (_, i) => frame(BigInt(i), opcode.interrupt, 0n, words64(7n))),
    )
    guest.send(many)
    await guest.ask(opcode.getattr, 1n, words64(0n, 0n))
    const before = await resident()
    for (let i = 0; i < 20; i++) guest.send(many)
    await guest.ask(opcode.getattr, 1n, words64(0n, 0n))
    // Kilobytes; the buffer for frames may fill.
    expect((await resident()) - before).toBeLessThan(2000)
  })
})

/** A generator that gives the same numbers every time (xorshift32). */
const numbers = (seed: number) => {
  let state = seed
  return (below: number): number => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return (state >>> 0) % below
  }
}

test('10,000 frames of chance neither end it nor leave the tree', async () => {
  await start()
  const random = numbers(20_261_124)
  const strings = ['0', '1', 'file', 'dir', 'out', '..', '.', '', 'a/b', 'new', 'x'.repeat(300)]
  const piece = (): Buffer => {
    const kind = random(4)
    if (kind === 0) return name(strings[random(strings.length)] ?? '')
    if (kind === 1) return words64(BigInt(random(12)), BigInt(random(0xffff_ffff)) << 32n)
    if (kind === 2) return words32(random(5000), random(0xffff_ffff))
    return Buffer.from(Array.from({ length: random(90) }, () => random(256)))
  }
  for (let i = 0; i < 10_000; i++) {
    const op = random(10) === 0 ? random(0xffff_ffff) : random(53)
    // DESTROY is a guest's right, and MOUNT_NOTIFIED ends a session that lies.
    if (op === 38 || op === opcode.notified) continue
    const body = Buffer.concat(Array.from({ length: random(5) }, piece))
    guest.send(frame(BigInt(i) * 2n + 2n, op, BigInt(random(12)), body))
    if (i % 500 === 0) expect((await guest.ask(opcode.getattr, 1n, words64(0n, 0n))).error).toBe(0)
  }
  expect((await guest.ask(opcode.getattr, 1n, words64(0n, 0n))).error).toBe(0)
  expect(await fs.readdir(dir)).toStrictEqual(['source'])
})
