import type { Finding } from '@container-compose/engine'
import { expect, test } from 'vitest'
import { renderFindings } from './findings.ts'

const missing = (what: string, debianPackage: string): Finding => ({
  section: 'programs',
  what,
  state: 'missing',
  detail: 'not found; is needed',
  fix: `apt-get install -y --no-install-recommends ${debianPackage}`,
  debianPackage,
})
const node: Finding = { section: 'machine', what: 'Node.js', state: 'ok', detail: '20.20.2' }

test('what is missing has its repair below it, and one command at the end repairs all of it', () => {
  expect(
    renderFindings([node, missing('skopeo', 'skopeo'), missing('pasta', 'passt')], {
      colours: false,
      columns: undefined,
    }),
  ).toBe(`\
This machine
 ✔ Node.js  20.20.2

Programs
 ✘ skopeo   not found; is needed
            apt-get install -y --no-install-recommends skopeo
 ✘ pasta    not found; is needed
            apt-get install -y --no-install-recommends passt

Parts of container-compose

Missing: skopeo, pasta
Install the packages with:
  apt-get install -y --no-install-recommends skopeo passt
`)
})

test('a hint is no fault', () => {
  const kvm: Finding = { section: 'machine', what: '/dev/kvm', state: 'hint', detail: 'slow' }
  const shown = renderFindings([node, kvm], { colours: false, columns: undefined }).split('\n')
  expect(shown).toContain(' ! /dev/kvm  slow')
  expect(shown.at(-2)).toBe('Nothing is missing.')
})

test('what is wider than the terminal goes on in its column', () => {
  const shown = renderFindings([{ ...missing('pasta', 'passt'), fix: 'apt-get install -y passt' }], {
    colours: false,
    columns: 31,
  })
  expect(shown).toContain(' ✘ pasta  not found; is needed\n          apt-get install -y\n          passt\n')
})
