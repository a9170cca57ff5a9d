import { readFileSync } from 'node:fs'
import { isSystemError } from '@container-compose/core'
import { writeDocument } from '../store/document.ts'
import type { SwitchPaths } from './paths.ts'
import type { SwitchState } from './switch.ts'

/** The whole state of the switch, as the engine last wanted it. */
export interface StateDocument {
  /** Another one for each replacement. */
  readonly generation: string
  readonly state: SwitchState
}

const formatVersion = 1

/** Not durable: the namespace does not survive a power cut either. */
export const writeState = (paths: SwitchPaths, document: StateDocument): void =>
  writeDocument(paths.state, { version: formatVersion }, document, { durable: false })

/** Undefined when there is none, or one of another version (its engine is about to replace it). */
export const readState = (paths: SwitchPaths): StateDocument | undefined => {
  let text: string
  try {
    text = readFileSync(paths.state, 'utf8')
  } catch (error) {
    if (isSystemError(error, 'ENOENT')) return undefined
    throw error
  }
  const document = JSON.parse(text) as StateDocument & { readonly formatVersion: number }
  return document.formatVersion === formatVersion ? document : undefined
}
