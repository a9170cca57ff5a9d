import { expect, test } from 'vitest'
import { renderFindings } from './findings.ts'

test('what is missing has its repair below it, and is counted at the end', () => {
  expect(
    renderFindings(
      [
        { what: 'tar', state: 'ok', detail: '/bin/tar' },
        {
          what: 'skopeo',
          state: 'missing',
          detail: 'not found; pulls images',
          fix: 'apt-get install -y skopeo',
        },
      ],
      { colours: false },
    ),
  ).toBe(
    `\
✔ tar     /bin/tar
✘ skopeo  not found; pulls images
          apt-get install -y skopeo

missing: skopeo
`,
  )
})
