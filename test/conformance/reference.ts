import { spawn } from 'node:child_process'
import { type Answer, baseMark, type Case, environmentOf, json, layOut, readAnswer } from './case.ts'

/**
 * Answers a case with the program at `path`, without a network: it would ask registries and repositories. Status -1 when it did
 * not end within ten seconds.
 */
export const askReference = async (path: string, asked: Case, base: string): Promise<Answer> => {
  const cwd = layOut(asked, base)
  const argv = (asked.args ?? json).map((word) => word.replaceAll(baseMark, base))
  const child = spawn('unshare', ['--net', path, ...argv], {
    cwd,
    env: environmentOf(asked, cwd, base),
    timeout: 10_000,
    killSignal: 'SIGKILL',
  })
  const [out, err]: [Buffer[], Buffer[]] = [[], []]
  child.stdout.on('data', (chunk) => out.push(chunk))
  child.stderr.on('data', (chunk) => err.push(chunk))
  child.stdin.on('error', () => undefined)
  child.stdin.end(asked.stdin ?? '')
  const status = await new Promise<number>((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code) => resolve(code ?? -1))
  })
  return readAnswer({ status, out: Buffer.concat(out).toString(), err: Buffer.concat(err).toString() }, base)
}
