import type { Shape } from './binder.ts'
import { textMapping } from './mappings.ts'
import { bytes, flag, struct, text, unsigned } from './shapes.ts'

/** A mount of a service. */
export const bindMount: Shape<object> = struct({
  type: text,
  source: text,
  target: text,
  read_only: flag,
  consistency: text,
  bind: struct({ selinux: text, propagation: text, create_host_path: flag, recursive: text }),
  volume: struct({ labels: textMapping, nocopy: flag, subpath: text }),
  tmpfs: struct({ size: bytes, mode: unsigned(32) }),
  image: struct({ subpath: text }),
})
