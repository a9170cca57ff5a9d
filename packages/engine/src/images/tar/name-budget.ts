import { TarFormatError } from './header.ts'

/** Characters of all names in one archive together: four million files have shorter ones, and each is held in memory. */
const mostCharacters = 256 * 1024 * 1024

/**
 * Counts the names that are remembered of an archive: a few that are deep, with each directory above them, would fill the memory.
 *
 * @throws TarFormatError when they are too long together
 */
export const nameBudget = (): ((name: string) => void) => {
  let left = mostCharacters
  return (name) => {
    left -= name.length
    if (left < 0) throw new TarFormatError('the names of its members are too long together')
  }
}
