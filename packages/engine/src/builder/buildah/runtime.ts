import { access, constants } from 'node:fs/promises'
import { join } from 'node:path'
import { ApiError } from '../../api/errors.ts'
import { toolOptions } from '../../images/layers/unpack.ts'

/** runc first: crun 1.8 refuses hosts with cgroups of both versions. */
const runtimes = ['runc', 'crun']

/** The path of the OCI runtime that runs the steps. @throws ApiError 500 */
export const findRuntime = async (): Promise<string> => {
  const folders = toolOptions.env.PATH.split(':')
  for (const name of runtimes)
    for (const folder of folders) {
      const path = join(folder, name)
      const isProgram = await access(path, constants.X_OK).then(
        () => true,
        () => false,
      )
      if (isProgram) return path
    }
  throw new ApiError(
    500,
    'neither runc nor crun is installed; one of them runs the steps of a build: apt-get install --no-install-recommends runc',
  )
}
