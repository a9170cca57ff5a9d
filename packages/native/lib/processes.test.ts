import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import { artifactPath } from '@container-compose/core'
import { expect, test } from 'vitest'
import { pidfdWait, processStartTime } from './processes.ts'

const sleeper = (): ChildProcess & { pid: number } => spawn('sleep', ['60']) as ChildProcess & { pid: number }

test('resolves when the process ends, once for each wait', async () => {
  const child = sleeper()
  const waits = [pidfdWait(child.pid), pidfdWait(child.pid)]
  child.kill('SIGKILL')
  await expect(Promise.all(waits)).resolves.toHaveLength(2)
})

test('a process that does not exist has ended', async () => {
  const child = sleeper()
  child.kill('SIGKILL')
  await once(child, 'exit')
  await pidfdWait(child.pid)
})

test('a process with another start time has ended', async () => {
  const startTime = processStartTime(process.pid)
  expect(startTime).toMatch(/^\d+$/)
  await pidfdWait(process.pid, { startTime: `${Number(startTime) + 1}` })
})

test('an aborted wait rejects with the reason, and others go on', async () => {
  const child = sleeper()
  const abort = new AbortController()
  const cancelled = pidfdWait(child.pid, { signal: abort.signal })
  const kept = pidfdWait(child.pid, { startTime: processStartTime(child.pid) })
  abort.abort(new Error('enough'))
  await expect(cancelled).rejects.toThrow('enough')
  child.kill('SIGKILL')
  await kept
})

test('a worker thread has its own state and may end while it waits', async () => {
  const child = sleeper()
  const script = `
    const { parentPort, workerData } = require('node:worker_threads')
    const addon = require(workerData.path)
    addon.initialize((errno, syscall) => new Error(syscall + errno))
    addon.onProcessEnd(() => parentPort.postMessage('ended'))
    addon.watchProcess(workerData.pid)
    parentPort.postMessage('waiting')`
  const start = () =>
    new Worker(script, { eval: true, workerData: { path: artifactPath('native.node'), pid: child.pid } })
  const [first, second] = [start(), start()]
  await Promise.all([once(first, 'message'), once(second, 'message')])
  await first.terminate()
  const ended = once(second, 'message')
  child.kill('SIGKILL')
  expect(await ended).toEqual(['ended'])
})
