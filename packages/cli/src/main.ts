import { systemClock, UserError, UserErrors } from '@container-compose/core'
import type { World } from './command.ts'
import { ProcessInterrupts } from './interrupts.ts'
import { run } from './run.ts'
import { type Screen, wordlessError } from './screen.ts'

// The edge of the program: arguments and environment come in, the exit status goes out, all that is thrown ends here.
let screen: Screen | undefined

const world: World = {
  env: process.env,
  cwd: process.cwd(),
  // Asked for late: opening a standard stream costs time, and reading stdin takes it from others.
  get stdin() {
    return process.stdin
  },
  get stdout() {
    return process.stdout
  },
  get stderr() {
    return process.stderr
  },
  clock: systemClock,
  machine: {
    platform: process.platform,
    uid: process.geteuid?.(),
    nodeVersion: process.versions.node,
  },
  self: [process.execPath, ...process.execArgv, process.argv[1] ?? ''],
}

const interrupts = new ProcessInterrupts(() => {
  process.stderr.write(wordlessError(screen?.progress))
  process.exit(130)
})

// A reader that went away (`… | head`) ends us as it ends any filter.
for (const stream of [process.stdout, process.stderr])
  stream.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1))

const fail = async (error: unknown): Promise<number> => {
  const { renderError } = await import('./render/error.ts')
  const style = {
    colours: screen?.errorColours ?? process.stderr.isTTY === true,
    json: screen?.progress === 'json',
    cwd: world.cwd,
    logTime:
      process.stderr.isTTY === true
        ? undefined
        : new Date(world.clock.now()).toISOString().replace(/\.\d+Z$/, 'Z'),
  }
  process.stderr.write(renderError(error, style))
  const first = error instanceof UserErrors ? error.errors[0] : error
  return first instanceof UserError ? first.exitCode : 1
}

const finish = (status: number): void => {
  process.exitCode = status
  // Waits for what pipes still hold, then for nothing else: an idle keep-alive connection must not hold the program.
  process.stdout.write('', () => process.stderr.write('', () => process.exit(status)))
}

run(process.argv.slice(2), world, interrupts, (resolved) => {
  screen = resolved
})
  .catch(fail)
  .then(finish, (error) => {
    process.stderr.write(`${error instanceof Error ? error.stack : error}\n`)
    process.exit(1)
  })
