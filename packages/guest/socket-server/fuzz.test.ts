import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, test } from 'vitest'

const here = fileURLToPath(new URL('.', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'relay-fuzz-'))

afterAll(() => rmSync(folder, { recursive: true }))

test('frames of a hostile guest never lead the relay out of its memory, and what makes sense never ends it', {
  timeout: 60_000,
}, () => {
  const program = join(folder, 'fuzz_relay')
  const parts = ['channel', 'connection', 'frame', 'window'].map((name) => `../agent/${name}.c`)
  const sources = ['testing/fuzz_relay.c', 'relay.c', 'complain.c', ...parts]
  const flags =
    '-std=gnu17 -O1 -g -Wall -Wextra -D_GNU_SOURCE= -fsanitize=address,undefined -fno-sanitize-recover'.split(
      ' ',
    )
  execFileSync('cc', [...flags, ...sources, '-o', program], { cwd: here, stdio: 'inherit' })
  // It complains of every frame that makes no sense.
  execFileSync(program, { stdio: ['ignore', 'inherit', 'ignore'] })
})
