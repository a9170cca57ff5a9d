/** Names with underscores that are no codes: variables of the environment, limits of the kernel, events of QEMU. */
const otherNames =
  /^(COMPOSE|DOCKER|CONTAINER_COMPOSE|RLIMIT)_|^NO_COLOR$|^SSH_AUTH_SOCK$|^FETCH_HEAD$|^BLOCK_IO_ERROR$/

/** The codes of errors and warnings that a source makes: every text in capitals with an underscore is one. */
export const codesInSource = (text: string): string[] =>
  [...text.matchAll(/'([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+)'/g)]
    .map(([, code = '']) => code)
    .filter((code) => !otherNames.test(code))

/** The codes that have a row of their own, or share one. */
export const codesInPage = (page: string): string[] =>
  page
    .split('\n')
    .filter((line) => /^\| `[A-Z]/.test(line))
    .flatMap((line) => [...(line.split(' | ')[0] ?? '').matchAll(/`([A-Z_0-9]+)`/g)])
    .map(([, code = '']) => code)
