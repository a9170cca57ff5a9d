import { finished, type Readable } from 'node:stream'
import { type AgentClient, AgentError, type GuestFileStat } from '@container-compose/guest'
import {
  type Bundle,
  type ContainerFiles,
  FileNotFound,
  NotADirectory,
  type PathStat,
} from '../../runtime.ts'
import type { RunningVm } from '../container/running-vm.ts'
import { goFileMode } from './go-file-mode.ts'
import type { Helpers } from './helpers.ts'

const enoent = 2
const enotdir = 20

/** Files of a container, through the agent of the machine that runs it, or of a helper while none does. */
export const containerFiles = (
  bundle: Bundle,
  running: () => RunningVm | undefined,
  helpers: Helpers,
): ContainerFiles => {
  const inGuest = async <T>(path: string, work: (agent: AgentClient) => Promise<T>): Promise<T> => {
    try {
      const vm = running()
      return vm === undefined ? await helpers.use(bundle, work) : await work(vm.agent)
    } catch (error) {
      if (error instanceof AgentError && error.errno === enoent)
        throw new FileNotFound(`Could not find the file ${path} in container ${bundle.id}`, { cause: error })
      throw error
    }
  }
  return {
    stat: (path) => inGuest(path, async ({ files }) => pathStat(await files.stat(path))),
    read: (path): Promise<Readable> =>
      inGuest(path, async ({ files }) => {
        const tar = await files.read(path)
        finished(tar, helpers.hold(bundle.dir))
        return tar
      }),
    write: async (path, tar, options) => {
      try {
        await inGuest(path, ({ files }) => files.write(path, tar, options))
      } catch (error) {
        if (!(error instanceof AgentError) || error.errno !== enotdir) throw error
        throw new NotADirectory(error.message, { cause: error })
      }
    },
  }
}

const pathStat = ({ name, size, mode, mtime, linkTarget }: GuestFileStat): PathStat => ({
  name,
  size,
  mode: goFileMode(mode),
  mtime: new Date(Number(mtime / 1_000_000n)).toISOString(),
  linkTarget,
})
