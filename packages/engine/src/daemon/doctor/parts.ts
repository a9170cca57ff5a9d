import { artifactPath, UserError } from '@container-compose/core'
import type { Finding } from './finding.ts'

/** Our own programs in C and the native addon. */
export const partFindings = (): Finding[] =>
  ['agent', 'mount-server', 'socket-server', 'cage', 'native.node'].map((what) => {
    try {
      return { section: 'parts', what, state: 'ok', detail: artifactPath(what) }
    } catch (error) {
      if (!(error instanceof UserError)) throw error
      return { section: 'parts', what, state: 'missing', detail: 'has not been built', fix: 'npm run setup' }
    }
  })
