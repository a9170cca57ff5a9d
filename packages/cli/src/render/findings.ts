import type { Finding } from '@container-compose/engine'

/** One line for each finding, what repairs it below, and at the end what all of it means. */
export const renderFindings = (
  findings: readonly Finding[],
  { colours }: { readonly colours: boolean },
): string => {
  const width = Math.max(...findings.map(({ what }) => what.length))
  const lines = findings.flatMap(({ what, state, detail, fix }) => {
    const { sign, colour } = signs[state]
    const mark = colours ? `\x1b[${colour}m${sign}\x1b[0m` : sign
    const line = `${mark} ${what.padEnd(width)}  ${detail}`
    return fix === undefined ? [line] : [line, `  ${' '.repeat(width)}  ${fix}`]
  })
  const missing = findings.filter(({ state }) => state === 'missing')
  const end =
    missing.length === 0 ? 'nothing is missing' : `missing: ${missing.map(({ what }) => what).join(', ')}`
  return `${[...lines, '', end].join('\n')}\n`
}

const signs: Record<Finding['state'], { readonly sign: string; readonly colour: number }> = {
  ok: { sign: '✔', colour: 32 },
  missing: { sign: '✘', colour: 31 },
  hint: { sign: '!', colour: 33 },
}
