import { suggest } from '@container-compose/core'

/** A hint that names the word that was probably meant; undefined when none is near. */
export const didYouMean = (given: string, known: readonly string[]): string | undefined => {
  const meant = suggest(given, known)
  return meant === undefined ? undefined : `did you mean ${meant}?`
}
