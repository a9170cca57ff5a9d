import { consoleSize, type Exec, parseExecRequest } from '../../exec/exec.ts'
import type { ExecSession } from '../../runtime/runtime.ts'
import { readJson, sendJson, sendStatus } from '../answer.ts'
import { DetachDetector, parseDetachKeys } from '../detach-keys.ts'
import type { EngineContext } from '../engine-context.ts'
import { ApiError } from '../errors.ts'
import { frame } from '../frames.ts'
import { hijack, type RawStream, readHijackedJson } from '../hijack.ts'
import type { Call, Route } from '../router.ts'
import { Shape } from '../shape.ts'
import { pumpInput } from '../stdin.ts'
import { terminalSize } from './container-run.ts'

export const execRoutes = (engine: EngineContext): Route[] => {
  const ofExec = ({ params }: Call) => engine.execs.get(params['id'] ?? '')
  return [
    {
      method: 'POST',
      path: '/containers/:id/exec',
      handler: async (call) => {
        const container = engine.containers.get(call.params['id'] ?? '')
        const request = parseExecRequest(new Shape(await readJson(call.request)))
        sendJson(call, 201, { Id: engine.execs.create(container, request).id })
      },
    },
    { method: 'POST', path: '/exec/:id/start', handler: (call) => start(engine, ofExec(call), call) },
    {
      method: 'POST',
      path: '/exec/:id/resize',
      handler: async (call) => {
        await engine.execs.resize(ofExec(call), terminalSize(call))
        sendStatus(call, 200)
      },
    },
    { method: 'GET', path: '/exec/:id/json', handler: (call) => sendJson(call, 200, inspect(ofExec(call))) },
  ]
}

const start = async (engine: EngineContext, exec: Exec, call: Call): Promise<void> => {
  const body = new Shape(await readHijackedJson(call))
  const size = consoleSize(body)
  engine.execs.assertStartable(exec)
  if (body.flag('Detach')) {
    const session = await engine.execs.start(exec, size)
    session.stdout.resume()
    session.stderr.resume()
    sendStatus(call, 200)
    return
  }
  const keys = parseDetachKeys(exec.request.detachKeys)
  const stream = hijack(call, { terminal: exec.request.tty })
  try {
    const session = await engine.execs.start(exec, size)
    await carry(exec, session, stream, keys)
  } catch (error) {
    // The connection is a stream already: the reason goes where the output would have gone, as in Docker.
    if (!(error instanceof ApiError)) engine.log.error({ err: error, id: exec.id }, 'an exec failed')
    const text = Buffer.from(`${(error as Error).message}\r\n`)
    await stream.write(exec.request.tty ? text : frame('stdout', text)).catch(() => undefined)
  } finally {
    stream.end()
  }
}

const carry = async (exec: Exec, session: ExecSession, stream: RawStream, keys: Buffer): Promise<void> => {
  const { tty, attachStdin, attachStdout, attachStderr } = exec.request
  const detached = new Promise<void>((resolve) => {
    if (attachStdin)
      void pumpInput(
        stream,
        { write: (data) => session.writeStdin(data), end: () => session.closeStdin() },
        { detector: tty ? new DetachDetector(keys) : undefined, onDetach: resolve },
      )
    else stream.input.resume()
  })
  const copy = async (name: 'stdout' | 'stderr', wanted: boolean) => {
    // A client that has gone does not stop the process: its output goes nowhere.
    for await (const data of session[name] as AsyncIterable<Buffer>)
      if (wanted && !stream.gone.aborted)
        await stream.write(tty ? data : frame(name, data)).catch(() => undefined)
  }
  const output = Promise.all([copy('stdout', attachStdout || tty), copy('stderr', attachStderr)])
  await Promise.race([Promise.all([output, session.exited]), detached])
}

const inspect = (exec: Exec) => {
  const { id, container, request, started, exitCode, finishedAt, session } = exec
  const [entrypoint = '', ...args] = request.command
  return {
    ID: id,
    Running: started && finishedAt === undefined,
    ExitCode: exitCode ?? null,
    ProcessConfig: {
      tty: request.tty,
      entrypoint,
      arguments: args,
      privileged: request.privileged,
      ...(request.user !== '' && { user: request.user }),
    },
    OpenStdin: request.attachStdin,
    OpenStderr: request.attachStderr,
    OpenStdout: request.attachStdout,
    CanRemove: false,
    ContainerID: container.id,
    DetachKeys: request.detachKeys,
    Pid: session?.pid ?? 0,
  }
}
