import type { Readable } from 'node:stream'
import { AgentError, type AgentFiles, type GuestFileStat } from '@container-compose/guest'
import { type Bundle, type ContainerFiles, FileNotFound, type PathStat } from '../../runtime.ts'
import type { RunningVm } from '../container/running-vm.ts'
import { goFileMode } from './go-file-mode.ts'

const enoent = 2

/** Files of a container, through the agent of the machine that runs it. */
export const containerFiles = (bundle: Bundle, running: () => RunningVm | undefined): ContainerFiles => {
  const agentFiles = (): AgentFiles => {
    const vm = running()
    if (vm === undefined) throw new Error(`container ${bundle.id} is not running`)
    return vm.agent.files
  }
  return {
    stat: (path) => notFound(path, async () => pathStat(await agentFiles().stat(path))),
    read: (path): Promise<Readable> => notFound(path, () => agentFiles().read(path)),
    write: (path, tar, options) => notFound(path, () => agentFiles().write(path, tar, options)),
  }
}

const notFound = async <T>(path: string, operation: () => Promise<T>): Promise<T> => {
  try {
    return await operation()
  } catch (error) {
    if (error instanceof AgentError && error.errno === enoent)
      throw new FileNotFound(`Could not find the file ${path}`, { cause: error })
    throw error
  }
}

const pathStat = ({ name, size, mode, mtime, linkTarget }: GuestFileStat): PathStat => ({
  name,
  size,
  mode: goFileMode(mode),
  mtime: new Date(Number(mtime / 1_000_000n)).toISOString(),
  linkTarget,
})
