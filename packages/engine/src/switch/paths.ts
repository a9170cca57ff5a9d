import { join } from 'node:path'

/** The switch's files below `<run>/switch`. */
export interface SwitchPaths {
  readonly dir: string
  /** Bind mount of the network namespace: `nsenter --net=<it>`. */
  readonly netns: string
  /** What the namespace shall be; replaced by the engine, read by the switch process. */
  readonly state: string
  /** Which host ports were chosen where any would do, so that a new switch process takes them again. */
  readonly chosenPorts: string
  readonly control: string
  /** flock of the switch process. */
  readonly lock: string
  readonly log: string
  /** Written by pasta. */
  readonly egressPid: string
}

export const switchPaths = (run: string): SwitchPaths => {
  const dir = join(run, 'switch')
  return {
    dir,
    netns: join(dir, 'netns'),
    state: join(dir, 'state.json'),
    chosenPorts: join(dir, 'ports.json'),
    control: join(dir, 'control.sock'),
    lock: join(dir, 'lock'),
    log: join(dir, 'switch.log'),
    egressPid: join(dir, 'egress.pid'),
  }
}
