/** What to do about a refusal of the engine, by its words; the first that fits counts. */
const hints: readonly (readonly [pattern: RegExp, hint: string])[] = [
  [
    /port is already allocated|address already in use/,
    'publish another port, or stop who holds it: ss -ltnp',
  ],
  [/executable file not found/, 'correct `command` or `entrypoint`, or install the program in the image'],
  [/is paused, unpause/, 'container-compose unpause'],
  [/^No such image/, 'container-compose pull, or build it'],
  [/manifest .* not found|manifest unknown/, 'correct the name or the tag of the image'],
  [/unauthorized|denied/, 'docker login REGISTRY writes the credentials that are used'],
  [/network is unreachable|no such host|i\/o timeout|connection refused/, 'check the way to the registry'],
  [/bind source path does not exist/, 'make the directory or file, or correct `source`'],
  [/container name .* is already in use/i, 'remove that container, or choose another `container_name`'],
  [
    /Pool overlaps|fully subnetted/,
    'choose another subnet (`ipam.config.subnet`), or remove a network that uses it',
  ],
  [/no configured subnet contains/, 'choose an address of the subnet of the network'],
  [/unknown or invalid runtime|runtime name/, 'container-compose engine status names the runtimes'],
  [/invalid reference format/, 'write the name as registry/name:tag in lower case'],
  [
    /No space left on device/i,
    'free some space; container-compose engine status says where data and cache are',
  ],
]

/** @returns undefined when nobody knows */
export const engineHint = (reason: string): string | undefined =>
  hints.find(([pattern]) => pattern.test(reason))?.[1]
