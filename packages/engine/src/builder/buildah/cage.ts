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
root=$1 nameserver=$2 temporary=$3 writable=$4 readable=$5; shift 5
mount -t tmpfs -o mode=0755,nosuid,nodev,size=64m tmpfs "$root"
show() {
  if [ -d "$2" ]; then mkdir -p "$root$2"; else mkdir -p "$root\${2%/*}"; : > "$root$2"; fi
  mount --bind "$2" "$root$2"; mount -o "remount,bind,$1" "$root$2"
}
for path in /bin /sbin /lib /lib32 /lib64 /libx32 /usr /opt /nix /etc/ssl /etc/ca-certificates /etc/pki; do
  if [ -L "$path" ]; then mkdir -p "$root\${path%/*}"; cp -P "$path" "$root$path"
  elif [ -d "$path" ]; then show ro,nodev "$path"; fi
done
mkdir -p "$root/dev" "$root/etc" "$root/proc" "$root/sys" "$root/tmp" "$root/run" "$root/var/tmp" "$root/root" "$root/old"
echo 'root:x:0:0:root:/root:/bin/sh' > "$root/etc/passwd"
echo 'root:x:0:' > "$root/etc/group"
printf '127.0.0.1\\tlocalhost\\n::1\\tlocalhost\\n' > "$root/etc/hosts"
if [ -n "$nameserver" ]; then printf 'nameserver %s\\noptions ndots:0\\n' "$nameserver" > "$root/etc/resolv.conf"
elif [ -e /etc/resolv.conf ]; then cat /etc/resolv.conf > "$root/etc/resolv.conf"; fi
for name in null zero full random urandom tty; do
  : > "$root/dev/$name"; mount --bind "/dev/$name" "$root/dev/$name"
done
mount --rbind /sys "$root/sys"
mount -t proc -o nosuid,nodev,noexec proc "$root/proc"
for ((i = 0; i < writable; i++)); do show rw "$1"; shift; done
for ((i = 0; i < readable; i++)); do show ro "$1"; shift; done
mount --bind "$temporary" "$root/var/tmp"
cd "$root"
pivot_root . old
umount -l old
rmdir old
cd /
exec "$@"`

/** Program and arguments. The first process ends, and all others with it, when it is killed. */
export const caged = (options: CageOptions, command: readonly string[]): readonly [string, ...string[]] => {
  const { root, writable, readable, temporary, network, nameserver = '' } = options
  const enter = network === undefined || network === 'none' ? [] : ['nsenter', `--net=${network}`, '--']
  const [program = 'unshare', ...rest] = [
    ...enter,
    ...['unshare', '--mount', '--propagation=private', '--pid', '--ipc', '--uts', '--fork', '--kill-child'],
    ...(network === 'none' ? ['--net'] : []),
    ...['--', 'bash', '-c', script, 'cage'],
    ...[root, nameserver, temporary, `${writable.length}`, `${readable.length}`, ...writable, ...readable],
    ...command,
  ]
  return [program, ...rest]
}

/** The environment of programs in the cage: nothing of the machine's. */
export const cageEnvironment = { ...toolOptions.env, HOME: '/root', TMPDIR: '/var/tmp' } as const
