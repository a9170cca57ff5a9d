import type { CommandModule } from '../command.ts'

interface Entry {
  readonly summary: string
  /** Loads the command alone, so that no command pays for the others. */
  // biome-ignore lint/suspicious/noExplicitAny: each command has options of its own type
  load(): Promise<{ readonly default: CommandModule<any> }>
}

/** Every command in the order of the help. */
export const commands: Readonly<Record<string, Entry>> = {
  config: {
    summary: 'Parse, resolve and render compose file in canonical format',
    load: () => import('./config.ts'),
  },
  up: { summary: 'Create and start containers', load: () => import('./up.ts') },
  down: { summary: 'Stop and remove containers, networks', load: () => import('./down.ts') },
  create: { summary: 'Creates containers for a service', load: () => import('./create.ts') },
  start: { summary: 'Start services', load: () => import('./start.ts') },
  stop: { summary: 'Stop services', load: () => import('./stop.ts') },
  restart: { summary: 'Restart service containers', load: () => import('./restart.ts') },
  kill: { summary: 'Force stop service containers', load: () => import('./kill.ts') },
  rm: { summary: 'Removes stopped service containers', load: () => import('./rm.ts') },
  pause: { summary: 'Pause services', load: () => import('./pause.ts') },
  unpause: { summary: 'Unpause services', load: () => import('./unpause.ts') },
  ps: { summary: 'List containers', load: () => import('./ps.ts') },
  logs: { summary: 'View output from containers', load: () => import('./logs.ts') },
  exec: { summary: 'Execute a command in a running container', load: () => import('./exec.ts') },
  run: { summary: 'Run a one-off command on a service', load: () => import('./run.ts') },
  scale: { summary: 'Scale services', load: () => import('./scale.ts') },
  port: { summary: 'Print the public port for a port binding', load: () => import('./port.ts') },
  pull: { summary: 'Pull service images', load: () => import('./pull.ts') },
  plan: { summary: 'Show what up would do, and why', load: () => import('./plan.ts') },
  version: { summary: 'Show the version information', load: () => import('./version.ts') },
  top: { summary: 'Display the running processes', load: () => import('./top.ts') },
  images: { summary: 'List images used by the created containers', load: () => import('./images.ts') },
  ls: { summary: 'List running compose projects', load: () => import('./ls.ts') },
  wait: {
    summary: 'Wait until containers stop, and pass on their exit code',
    load: () => import('./wait.ts'),
  },
  machines: {
    summary: 'List the virtual machines behind the containers',
    load: () => import('./machines.ts'),
  },
  doctor: {
    summary: 'Tell what this machine has, what is missing, and how to install it',
    load: () => import('./doctor.ts'),
  },
  engine: {
    summary: 'Start, stop or look at the engine behind the containers',
    load: () => import('./engine.ts'),
  },
  build: { summary: 'Build or rebuild services', load: () => import('./build.ts') },
  push: { summary: 'Push service images', load: () => import('./push.ts') },
  watch: {
    summary: 'Sync, restart or rebuild when files change',
    load: () => import('./watch.ts'),
  },
}
