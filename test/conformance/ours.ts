import { UserError, UserErrors } from '@container-compose/core'
import type { World } from '../../packages/cli/src/command.ts'
import { renderError } from '../../packages/cli/src/render/error.ts'
import { run } from '../../packages/cli/src/run.ts'
import { type Answer, baseMark, type Case, environmentOf, json, layOut, readAnswer } from './case.ts'

const interrupts = { signal: new AbortController().signal, happened: false, handle: () => () => undefined }

/** Answers a case with our command line, without a process of its own. */
export const askOurs = async (asked: Case, base: string): Promise<Answer> => {
  const cwd = layOut(asked, base)
  const out: string[] = []
  const err: string[] = []
  const world = {
    env: environmentOf(asked, cwd, base),
    cwd,
    stdin: (async function* () {
      if (asked.stdin !== undefined) yield Buffer.from(asked.stdin)
    })(),
    stdout: { write: (text: string) => out.push(text) },
    stderr: { write: (text: string) => err.push(text) },
    clock: { now: () => 0 },
    machine: { platform: 'linux', uid: 0, nodeVersion: process.versions.node },
    self: [],
  } as unknown as World
  const argv = (asked.args ?? json).map((word) => word.replaceAll(baseMark, base))
  let status: number
  try {
    status = await run(argv, world, interrupts, () => undefined)
  } catch (error) {
    err.push(renderError(error, { colours: false, json: false, cwd, logTime: '' }))
    const first = error instanceof UserErrors ? error.errors[0] : error
    status = first instanceof UserError ? first.exitCode : 255
  }
  return readAnswer({ status, out: out.join(''), err: err.join('') }, base)
}
