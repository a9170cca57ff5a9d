import type { Finding } from '@container-compose/engine'
import { wrap } from './wrap.ts'

/** The findings by section, one line for each, what repairs it below, and at the end what all of it means. */
export const renderFindings = (
  findings: readonly Finding[],
  { colours, columns }: { readonly colours: boolean; readonly columns: number | undefined },
): string => {
  const paint = (colour: number, text: string): string => (colours ? `\x1b[${colour}m${text}\x1b[0m` : text)
  const width = Math.max(...findings.map(({ what }) => what.length))
  const room = columns === undefined ? Number.POSITIVE_INFINITY : Math.max(20, columns - width - 6)
  const further = ' '.repeat(width + 5)
  const line = ({ what, state, detail, fix }: Finding): string[] => {
    const { sign, colour } = signs[state]
    const [told = '', ...more] = wrap(detail, room).map((text) => (state === 'ok' ? paint(2, text) : text))
    const repair = fix === undefined ? [] : wrap(fix, room).map((text) => paint(36, text))
    return [
      ` ${paint(colour, sign)} ${what.padEnd(width)}  ${told}`,
      ...[...more, ...repair].map((text) => further + text),
    ]
  }
  const sections = Object.entries(headings).map(([section, heading]) =>
    [paint(1, heading), ...findings.filter((one) => one.section === section).flatMap(line), ''].join('\n'),
  )
  return `${sections.join('\n')}\n${summary(findings, paint)}`
}

const headings: Record<Finding['section'], string> = {
  machine: 'This machine',
  programs: 'Programs',
  parts: 'Parts of container-compose',
}

const signs: Record<Finding['state'], { readonly sign: string; readonly colour: number }> = {
  ok: { sign: '✔', colour: 32 },
  missing: { sign: '✘', colour: 31 },
  hint: { sign: '!', colour: 33 },
}

const summary = (findings: readonly Finding[], paint: (colour: number, text: string) => string): string => {
  const missing = findings.filter(({ state }) => state === 'missing')
  const packages = [...new Set(missing.flatMap(({ debianPackage }) => debianPackage ?? []))]
  if (missing.length === 0) return `${paint(32, 'Nothing is missing.')}\n`
  const names = missing.map(({ what }) => what).join(', ')
  const install =
    packages.length > 1
      ? `Install the packages with:\n  ${paint(36, `apt-get install -y --no-install-recommends ${packages.join(' ')}`)}\n`
      : ''
  return `${paint(31, `Missing: ${names}`)}\n${install}`
}
