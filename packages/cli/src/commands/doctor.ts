import { text } from '../arguments/options.ts'
import { defineCommand } from '../command.ts'
import { renderFindings } from '../render/findings.ts'

export default defineCommand({
  summary: 'Tell what this machine has, what is missing, and how to install it',
  operands: '',
  count: { most: 0 },
  options: { format: text('--format <format>', 'json, or text for people') },
  async run({ options, world, screen }) {
    const { engineRoot, examine } = await import('@container-compose/engine')
    const findings = examine({
      root: engineRoot(world.env),
      path: world.env['PATH'] ?? '',
      ...world.machine,
    })
    world.stdout.write(
      options.format === 'json' ? `${JSON.stringify(findings, null, 2)}\n` : renderFindings(findings, screen),
    )
    return findings.some(({ state }) => state === 'missing') ? 1 : 0
  },
})
