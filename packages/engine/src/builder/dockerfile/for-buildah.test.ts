import { expect, test } from 'vitest'
import { forBuildah } from './for-buildah.ts'

const rewrite = (text: string) => {
  const { text: out, files } = forBuildah(text)
  return { lines: out.trim().split('\n'), files: Object.fromEntries(files) }
}

test('what buildah knows stays as it is', () => {
  const text = '# note\nFROM a\n\nRUN --mount=type=cache,target=/c echo "<<" x \\\n  # note\n  y\n'
  expect(rewrite(text)).toEqual({ lines: text.replace('\n\n', '\n').trim().split('\n'), files: {} })
})

test('flags that say nothing go', () => {
  const text =
    'FROM a\nCOPY --link --chown=1 \\\n a b /c\nRUN --network=default --mount=type=tmpfs,target=/t x\n'
  expect(rewrite(text).lines).toEqual([
    'FROM a',
    'COPY --chown=1 a b /c',
    'RUN --mount=type=tmpfs,target=/t x',
  ])
})

test.each([
  ['COPY --parents a /', 'COPY --parents'],
  ['ADD --checksum=sha256:1 http://a /', 'ADD --checksum'],
  ['ADD https://host/a.git#v1 /', 'ADD of a Git repository'],
  ['RUN --network=host x', 'RUN --network'],
  ['RUN --security=insecure x', 'RUN --security'],
  ['HEALTHCHECK --start-interval=1s CMD x', 'HEALTHCHECK --start-interval'],
])('%s is refused with its line', (instruction, message) => {
  expect(() => forBuildah(`FROM a\n${instruction}\n`)).toThrow(
    expect.objectContaining({ line: 2, message: expect.stringContaining(`${message} is not supported`) }),
  )
})

test('a script is an argument of the shell', () => {
  const text =
    '# escape=`\nFROM a\n\nRUN --mount=type=tmpfs,target=/t <<EOF\nset -e\necho "$X"\nEOF\nENV Y=`\n 1\n'
  expect(rewrite(text).lines).toEqual([
    '# escape=`',
    'FROM a',
    'RUN --mount=type=tmpfs,target=/t ["/bin/sh","-c","set -e\\necho \\"$X\\"\\n"]',
    'ENV Y=`',
    ' 1',
  ])
})

test('the shell of the stage is the one that runs it', () => {
  const text = 'FROM a\nSHELL ["/bin/bash", "-ec"]\nRUN <<E\nx\nE\nFROM b\nRUN <<E\ny\nE\n'
  expect(rewrite(text).lines).toEqual([
    'FROM a',
    'SHELL ["/bin/bash", "-ec"]',
    'RUN ["/bin/bash","-ec","x\\n"]',
    'FROM b',
    'RUN ["/bin/sh","-c","y\\n"]',
  ])
})

test('a script with a program of its own is a file', () => {
  expect(rewrite('FROM a\nRUN <<E\n#!/usr/bin/env python3\nprint(1)\nE\n')).toEqual({
    lines: [
      'FROM a',
      'RUN --mount=type=bind,from=container-compose-heredocs,source=run/1,target=/dev/.heredoc ["/dev/.heredoc"]',
    ],
    files: { 'run/1': '#!/usr/bin/env python3\nprint(1)\n' },
  })
})

test('a command reads its documents from the shell', () => {
  expect(rewrite('FROM a\nRUN cat <<A - <<-"B" > /x\none\nA\n\ttwo\n\tB\n').lines[1]).toBe(
    'RUN ["/bin/sh","-c","cat <<A - <<-\\"B\\" > /x\\none\\nA\\n\\ttwo\\nB\\n"]',
  )
})

test('copied documents are files of a context', () => {
  const text = `FROM a
COPY --chown=1:1 <<one.txt <<-'two' /dir/
1 \\$x
one.txt
\t$2
two
`
  expect(rewrite(text)).toEqual({
    lines: ['FROM a', 'COPY --from=container-compose-heredocs --chown=1:1 /copy/1/one.txt /copy/1/two /dir/'],
    files: { 'copy/1/one.txt': '1 $x\n', 'copy/1/two': '$2\n' },
  })
})

test.each([
  ['COPY file <<E /\nE\n', 'beside other files'],
  ['COPY <<E /\n$X\nE\n', "quote its word, <<'E'"],
])('%j is refused with its line', (text, message) => {
  const refused = () => forBuildah(`FROM a\n${text}`)
  expect(refused).toThrow(expect.objectContaining({ line: 2, message: expect.stringContaining(message) }))
})
