import { toolOptions } from '../../images/layers/unpack.ts'

/** What a program of a build sees of the machine beside its programs, read-only. */
export interface CageOptions {
  /** An empty directory; the cage's root while it is there. */
  readonly root: string
  /** Directories at their own paths. */
  readonly writable: readonly string[]
  readonly readable: readonly string[]
  /** Writable, and where temporary files go. */
  readonly temporary: string
  /** What `RUN --mount=type=cache` keeps from build to build. */
  readonly caches: string
  /** Path of a network namespace; `none`: one with nothing in it; undefined: the engine's own. */
  readonly network: string | undefined
  /** Address of the resolver inside. */
  readonly nameserver?: string
}

/**
 * Runs `command` with the machine's programs, the directories that were named, and nothing else: in a mount namespace whose root
 * is a tmpfs, as the first process of a PID namespace, which ends with it. A build that breaks out of buildah's own confinement
 * finds no file of the machine; and nothing stays mounted, however it ends.
 */
const script = `set -eu
root=$1 nameserver=$2 temporary=$3 caches=$4 writable=$5 readable=$6; shift 6
mount -t tmpfs -o mode=0755,nosuid,nodev,size=64m tmpfs "$root"
cd "$root"
mkdir -p dev etc proc sys tmp run var/tmp root old
show() {
  if [ -d "$2" ]; then mkdir -p "$root$2"; else mkdir -p "$root\${2%/*}"; : > "$root$2"; fi
  mount -o "bind,$1" "$2" "$root$2"
}
for path in /bin /sbin /lib /lib32 /lib64 /libx32 /usr /opt /nix /etc/ssl /etc/ca-certificates /etc/pki; do
  if [ -L "$path" ]; then cp -P "$path" "$root$path"
  elif [ -d "$path" ]; then show ro,nodev "$path"; fi
done
echo 'root:x:0:0:root:/root:/bin/sh' > etc/passwd
echo 'root:x:0:' > etc/group
printf '127.0.0.1\\tlocalhost\\n::1\\tlocalhost\\n' > etc/hosts
if [ -n "$nameserver" ]; then printf 'nameserver %s\\noptions ndots:0\\n' "$nameserver" > etc/resolv.conf
elif [ -e /etc/resolv.conf ]; then cat /etc/resolv.conf > etc/resolv.conf; fi
mount -t tmpfs -o mode=0755,nosuid,noexec,size=64k tmpfs dev
cp -a /dev/null /dev/zero /dev/full /dev/random /dev/urandom /dev/tty dev
mount --rbind /sys sys
mount -t proc -o nosuid,nodev,noexec proc proc
mount --bind "$temporary" var/tmp
mkdir -p var/tmp/buildah-cache
mount --bind "$caches" var/tmp/buildah-cache
# Behind all other mounts: any of them may be where a directory lies.
for ((i = 0; i < writable; i++)); do show rw "$1"; shift; done
for ((i = 0; i < readable; i++)); do show ro "$1"; shift; done
pivot_root . old
umount -l old
rmdir old
cd /
exec "$@"`

/** Program and arguments. All that runs in the cage ends when the first process is killed, or the engine ends however it does. */
export const caged = (options: CageOptions, command: readonly string[]): readonly [string, ...string[]] => {
  const { root, writable, readable, temporary, caches, network, nameserver = '' } = options
  const enter = network === undefined || network === 'none' ? [] : ['nsenter', `--net=${network}`, '--']
  const [program = 'setpriv', ...rest] = [
    ...['setpriv', '--pdeathsig', 'KILL', '--', ...enter],
    ...['unshare', '--mount', '--propagation=private', '--pid', '--ipc', '--uts', '--fork', '--kill-child'],
    ...(network === 'none' ? ['--net'] : []),
    ...['--', 'bash', '-c', script, 'cage'],
    ...[
      root,
      nameserver,
      temporary,
      caches,
      `${writable.length}`,
      `${readable.length}`,
      ...writable,
      ...readable,
    ],
    ...command,
  ]
  return [program, ...rest]
}

/** The environment of programs in the cage: nothing of the machine's. */
export const cageEnvironment = { ...toolOptions.env, HOME: '/root', TMPDIR: '/var/tmp' } as const
