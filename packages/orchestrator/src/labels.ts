/** Docker Compose's labels: by them all tools group containers, and every one of our queries finds them. */
export const label = {
  project: 'com.docker.compose.project',
  version: 'com.docker.compose.version',
  configHash: 'com.docker.compose.config-hash',
  network: 'com.docker.compose.network',
  volume: 'com.docker.compose.volume',
  service: 'com.docker.compose.service',
  containerNumber: 'com.docker.compose.container-number',
  oneOff: 'com.docker.compose.oneoff',
  slug: 'com.docker.compose.slug',
  image: 'com.docker.compose.image',
  dependsOn: 'com.docker.compose.depends_on',
  workingDirectory: 'com.docker.compose.project.working_dir',
  configFiles: 'com.docker.compose.project.config_files',
  environmentFiles: 'com.docker.compose.project.environment_file',
  replace: 'com.docker.compose.replace',
} as const

/** The version of Docker Compose whose labels and hashes these are. */
export const composeVersion = '2.40.3'

/** The text of a `depends_on` label, and back. Each entry is `service:condition:restart`. */
export interface DependencyEntry {
  readonly service: string
  readonly condition: string
  readonly restart: boolean
}

export const formatDependencies = (entries: readonly DependencyEntry[]): string =>
  entries.map(({ service, condition, restart }) => `${service}:${condition}:${restart}`).join(',')

export const parseDependencies = (text: string | undefined): DependencyEntry[] =>
  (text ?? '')
    .split(',')
    .filter((entry) => entry !== '')
    .map((entry) => {
      const [service = '', condition = 'service_started', restart] = entry.split(':')
      return { service, condition, restart: restart === 'true' }
    })
