import { Readable } from 'node:stream'
import { bundleOf } from '../../containers/bundle.ts'
import type { Container } from '../../containers/container.ts'
import type { ContainerDocument } from '../../containers/model.ts'
import { refuseSecondMachine } from '../../containers/one-writer.ts'
import { refusePaused } from '../../containers/pause.ts'
import { decompressed } from '../../images/layers/decompress.ts'
import { type ContainerFiles, FileNotFound, NotADirectory, type PathStat } from '../../runtime/runtime.ts'
import { makeFolder } from '../../store/document.ts'
import { queryFlag, sendStatus } from '../answer.ts'
import type { EngineContext } from '../engine-context.ts'
import { ApiError, badParameter, notFound } from '../errors.ts'
import type { Call, Route } from '../router.ts'

/** Files of a container, running or not, as tars: `docker cp`. */
export const archiveRoutes = (engine: EngineContext): Route[] => {
  const route = (
    method: string,
    work: (files: ContainerFiles, path: string, call: Call) => Promise<void>,
  ): Route => ({
    method,
    path: '/containers/:id/archive',
    handler: (call) => {
      const container = engine.containers.get(call.params['id'] ?? '')
      const path = call.query.get('path') ?? ''
      if (path === '') throw badParameter('bad parameter: path cannot be empty')
      return withFiles(engine, container, (files) => work(files, path, call), path)
    },
  })
  return [
    route('HEAD', async (files, path, { response }) => {
      response.setHeader(statHeader, encodeStat(await files.stat(path)))
      response.writeHead(200).end()
    }),
    route('GET', async (files, path, { response }) => {
      response.setHeader(statHeader, encodeStat(await files.stat(path)))
      const tar = await files.read(path)
      response.writeHead(200, { 'Content-Type': 'application/x-tar' })
      await new Promise<void>((resolve, reject) => {
        tar.on('error', reject)
        response.on('close', () => {
          // A client that goes ends the reading too.
          tar.destroy()
          resolve()
        })
        tar.pipe(response)
      })
    }),
    route('PUT', async (files, path, call) => {
      assertWritable(engine.containers.get(call.params['id'] ?? '').document, path)
      const tar = Readable.from(decompressed(call.request), { objectMode: false })
      await files.write(path, tar, {
        noOverwriteDirNonDir: queryFlag(call.query, 'noOverwriteDirNonDir'),
        copyUidGid: queryFlag(call.query, 'copyUIDGID'),
        sync: queryFlag(call.query, 'sync'),
      })
      sendStatus(call, 200)
    }),
  ]
}

const statHeader = 'X-Docker-Container-Path-Stat'

const encodeStat = (stat: PathStat): string => Buffer.from(JSON.stringify(stat)).toString('base64')

/** A container that does not run is not started while its files are looked at. */
const withFiles = async (
  engine: EngineContext,
  container: Container,
  work: (files: ContainerFiles) => Promise<void>,
  path: string,
): Promise<void> => {
  refusePaused(container, 'copying')
  makeFolder(container.runDir)
  const image = await engine.images.root(container.document.imageId)
  const runtime = engine.runtimes.get(container.document.runtime)
  const act = () => {
    if (!container.isUp) refuseSecondMachine(engine, container, 'open the files of')
    return work(runtime.files(bundleOf(engine, container, image)))
  }
  try {
    await (container.isUp ? act() : container.exclusively(act))
  } catch (error) {
    if (error instanceof FileNotFound)
      throw notFound(`Could not find the file ${path} in container ${container.id}`)
    if (error instanceof NotADirectory) throw badParameter(error.message)
    throw error
  }
}

/** @throws ApiError 403 in dockerd's words when the path lies on a root file system that is read-only. */
const assertWritable = ({ hostConfig, mounts }: ContainerDocument, path: string): void => {
  if (!hostConfig.ReadonlyRootfs) return
  const isBelow = ({ destination }: { readonly destination: string }) =>
    path === destination || path.startsWith(`${destination}/`)
  if (!mounts.some((mount) => isBelow(mount) && !mount.readOnly))
    throw new ApiError(403, 'container rootfs is marked read-only')
}
