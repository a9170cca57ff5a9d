import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, test } from 'vitest'

const here = fileURLToPath(new URL('.', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'mount-fuzz-'))

afterAll(() => rmSync(folder, { recursive: true }))

test('frames of a hostile guest never lead the server, or libfuse behind it, out of their memory', {
  timeout: 60_000,
}, () => {
  const program = join(folder, 'fuzz_frames')
  const sources = ['testing/fuzz_frames.c', 'frames.c', 'shape.c']
  const flags =
    '-std=gnu17 -O1 -g -Wall -Wextra -D_GNU_SOURCE -fsanitize=address,undefined -fno-sanitize-recover'.split(
      ' ',
    )
  execFileSync('cc', [...flags, ...sources, '-o', program], { cwd: here, stdio: 'inherit' })
  execFileSync(program, { stdio: 'inherit' })
})
