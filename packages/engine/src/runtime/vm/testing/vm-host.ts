import { randomBytes } from 'node:crypto'
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createNetns, openTap, plugTap, removeNetns } from '@container-compose/native'
import type { OciSpec } from '../../oci-spec.ts'
import type { Bundle, Endpoint, Runtime } from '../../runtime.ts'
import type { ContractHost } from '../../runtime-contract.ts'
import { maskedPaths, readonlyPaths, systemMounts, usualShmBytes } from '../../system-mounts.ts'
import type { SpareMode } from '../spare/spares.ts'
import { createVmRuntime, type SpareState } from '../vm-runtime.ts'
import { makeTestImage } from './test-image.ts'

/** Shared by all tests, so that a template boots once. */
const cacheDir = process.env['CONTAINER_COMPOSE_CACHE'] ?? '/var/cache/container-compose'

export interface VmHost extends ContractHost {
  readonly runtime: Runtime & SpareState
  /** Everything is below it. */
  readonly root: string
  /** What the runtimes have told of. */
  readonly warnings: readonly unknown[]
}

/** A place for the vm runtime with a network namespace of its own, where taps lead nowhere. */
export const openVmHost = async (warmSpare: SpareMode = 'off'): Promise<VmHost> => {
  const root = await mkdtemp(join(tmpdir(), 'vm-'))
  const netns = join(root, 'netns')
  await createNetns(netns)
  const ext4Base = makeTestImage(root)
  await mkdir(join(root, 'run'))
  const warnings: unknown[] = []
  const another = () =>
    createVmRuntime({
      cacheDir,
      runDir: join(root, 'run'),
      switch: {
        openTap: ({ link }) => openTap(netns, link),
        plugTap: ({ link }, tap) => plugTap(tap, netns, link),
      },
      warmSpare,
      onWarning: (error) => warnings.push(error),
    })
  const runtime = another()
  const bundles: Bundle[] = []
  return {
    runtime,
    another,
    root,
    warnings,
    async bundle(args, changes = {}) {
      const number = bundles.length + 1
      const id = randomBytes(32).toString('hex')
      const dir = join(root, `data-${number}`)
      const runDir = join(root, 'run', String(number))
      await mkdir(dir)
      await mkdir(runDir)
      const bundle = {
        ...testBundle(args, id, number),
        dir,
        runDir,
        image: { imageId: 'sha256:0', ext4Base },
        ...changes,
      }
      bundles.push(bundle)
      return bundle
    },
    async close() {
      for (const bundle of bundles) await runtime.remove(bundle)
      await runtime.close()
      await removeNetns(netns)
      await rm(root, { recursive: true })
    },
  }
}

const testBundle = (
  args: readonly string[],
  id: string,
  number: number,
): Omit<Bundle, 'dir' | 'runDir' | 'image'> => ({
  id,
  name: `test-${number}`,
  spec: testSpec(args),
  hostMounts: [],
  diskMounts: [],
  endpoints: [testEndpoint(number, 0)],
  init: false,
  openStdin: false,
  stdinOnce: false,
  etcFiles: { hosts: '127.0.0.1 localhost\n', hostname: 'box\n', resolvConf: 'nameserver 127.0.0.11\n' },
  privileged: false,
  guestMemory: 'cow',
})

export const testEndpoint = (number: number, index: number): Endpoint => ({
  networkId: String(index),
  link: `t${number}-${index}`,
  bridge: 'none',
  mac: `02:42:0a:59:${index.toString(16).padStart(2, '0')}:${number.toString(16).padStart(2, '0')}`,
  ipv4: `10.89.${index}.${number + 1}/24`,
  ipv4Gateway: `10.89.${index}.1`,
  mtu: 1500,
})

export const testSpec = (args: readonly string[]): OciSpec => ({
  process: {
    terminal: false,
    user: '',
    additionalGroups: [],
    args,
    env: ['PATH=/bin'],
    cwd: '/',
    capabilities: ['CAP_CHOWN', 'CAP_DAC_OVERRIDE', 'CAP_KILL', 'CAP_SETUID', 'CAP_SETGID'],
    rlimits: [],
    noNewPrivileges: false,
  },
  root: { readonly: false },
  hostname: 'box',
  mounts: systemMounts(false, usualShmBytes),
  linux: { sysctl: {}, resources: {}, maskedPaths, readonlyPaths },
})
