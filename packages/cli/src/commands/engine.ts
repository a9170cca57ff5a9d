import { UserError } from '@container-compose/core'
import { flag, text } from '../arguments/options.ts'
import { defineCommand } from '../command.ts'
import type { Interrupts } from '../interrupts.ts'
import { refuseDryRun } from './no-dry-run.ts'

export default defineCommand({
  summary: 'Start, stop or look at the engine behind the containers',
  operands: 'start|stop|status|run|prepare',
  count: { least: 1, most: 1 },
  options: {
    containers: flag('--containers', 'stop: stop the containers too'),
    format: text('--format <format>', 'status: json, or text for people'),
  },
  async run({ operands, options, world, screen, interrupts, globals }) {
    if (operands[0] !== 'status') refuseDryRun({ globals }, `engine ${operands[0]}`)
    const engine = await import('@container-compose/engine')
    const root = engine.engineRoot(world.env)
    const environment = world.env
    const start = { root, command: world.self, environment, clock: world.clock }
    switch (operands[0]) {
      case 'run':
        leaveSignals(interrupts)
        return engine.runEngine({ root, environment, command: world.self })
      // The process that holds the network; the engine starts it.
      case 'switch':
        leaveSignals(interrupts)
        return engine.runSwitch({ run: root.run, environment })
      case 'start':
        await engine.startEngine(start)
        world.stdout.write(`unix://${root.socket}\n`)
        return 0
      case 'stop': {
        const stopped = await engine.endEngine({ ...start, containers: options.containers })
        if (!stopped) world.stderr.write('no engine runs\n')
        return 0
      }
      // Downloads the guest's kernel and makes the template, so that the first start is as quick as any.
      case 'prepare':
        world.stdout.write(`${await engine.prepareMachines(root)}\n`)
        return 0
      case 'status': {
        const status = await engine.engineStatus(root)
        const { renderEngineStatus } = await import('../render/engine-status.ts')
        world.stdout.write(
          renderEngineStatus(status, {
            json: options.format === 'json',
            socket: root.socket,
            columns: screen.columns,
          }),
        )
        return status === undefined ? 1 : 0
      }
      default:
        throw new UserError(
          'UNKNOWN_COMMAND',
          `unknown command "${operands[0]}" for "container-compose engine"`,
          {
            hint: 'one of start, stop, status, run, prepare',
          },
        )
    }
  },
})

/** The daemons listen to signals themselves and end in their own way. */
const leaveSignals = (interrupts: Interrupts): void => {
  interrupts.handle(() => {})
}
