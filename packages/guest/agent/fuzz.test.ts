import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, test } from 'vitest'

const here = dirname(fileURLToPath(import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'agent-fuzz-'))

afterAll(() => rmSync(folder, { recursive: true }))

const build = (name: string, sources: readonly string[]): string => {
  const program = join(folder, name)
  const flags = [
    '-std=gnu17',
    '-O1',
    '-g',
    '-Wall',
    '-Wextra',
    '-fsanitize=address,undefined',
    '-fno-sanitize-recover',
  ]
  execFileSync('cc', [...flags, `testing/${name}.c`, ...sources, '-o', program], {
    cwd: here,
    stdio: 'inherit',
  })
  return program
}

test('frames and items from a hostile engine never lead the agent out of its buffer, and a hello brings it back', {
  timeout: 60_000,
}, () => {
  execFileSync(build('fuzz_frames', ['frame.c', 'items.c']), { stdio: 'inherit' })
})

test('a hostile archive never leads the agent out of its memory', { timeout: 60_000 }, () => {
  const tree = join(folder, 'tree')
  mkdirSync(tree)
  writeFileSync(join(tree, 'n'.repeat(150)), 'a long name')
  writeFileSync(join(tree, 'file'), 'x'.repeat(3000))
  symlinkSync('t'.repeat(200), join(tree, 'link'))
  symlinkSync('short', join(tree, 'short'))
  const program = build('fuzz_tar', ['tar_reader.c', 'tar.c', 'fault.c'])
  for (const format of ['gnu', 'pax']) {
    const archive = execFileSync('tar', ['-C', folder, `--format=${format}`, '-c', 'tree'])
    execFileSync(program, { input: archive, stdio: ['pipe', 'inherit', 'inherit'] })
  }
})
