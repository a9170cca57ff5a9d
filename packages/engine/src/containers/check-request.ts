import { availableParallelism } from 'node:os'
import { parseIp } from '@container-compose/net'
import { badParameter } from '../api/errors.ts'
import type { ContainerDocument } from './model.ts'
import { parseSignal } from './signals.ts'

type Request = Pick<ContainerDocument, 'config' | 'hostConfig'>

interface Rule {
  readonly isBroken: (request: Request) => boolean
  /** In dockerd's words. */
  readonly message: (request: Request) => string
}

const cpus = availableParallelism()

/** What dockerd refuses when a container is made, and nothing else here would before it is started. */
const rules: readonly Rule[] = [
  {
    isBroken: ({ hostConfig: { AutoRemove, RestartPolicy } }) =>
      AutoRemove && !['', 'no'].includes(RestartPolicy.Name),
    message: () => "can't create 'AutoRemove' container with restart policy",
  },
  {
    isBroken: ({ config: { WorkingDir } }) => WorkingDir !== '' && !WorkingDir.startsWith('/'),
    message: ({ config }) =>
      `the working directory '${config.WorkingDir}' is invalid, it needs to be an absolute path`,
  },
  {
    isBroken: ({ config }) => namelessVariable(config) !== undefined,
    message: ({ config }) => `invalid environment variable: ${namelessVariable(config)}`,
  },
  {
    isBroken: ({ hostConfig }) => hostConfig.ShmSize < 0,
    message: () => 'SHM size can not be less than 0',
  },
  {
    isBroken: ({ hostConfig: { NanoCpus } }) => NanoCpus < 0 || NanoCpus > cpus * 1e9,
    message: () => `range of CPUs is from 0.01 to ${cpus}.00, as there are only ${cpus} CPUs available`,
  },
  {
    isBroken: ({ hostConfig: { CpuPeriod } }) =>
      CpuPeriod !== 0 && (CpuPeriod < 1000 || CpuPeriod > 1_000_000),
    message: () => 'CPU cfs period can not be less than 1ms (i.e. 1000) or larger than 1s (i.e. 1000000)',
  },
  {
    isBroken: ({ hostConfig: { CpuQuota } }) => CpuQuota > 0 && CpuQuota < 1000,
    message: () => 'CPU cfs quota can not be less than 1ms (i.e. 1000)',
  },
  {
    isBroken: ({ hostConfig: { OomScoreAdj } }) => Math.abs(OomScoreAdj) > 1000,
    message: ({ hostConfig }) =>
      `Invalid value ${hostConfig.OomScoreAdj}, range for oom score adj is [-1000, 1000]`,
  },
  {
    isBroken: ({ hostConfig }) => !['', 'default'].includes(isolation(hostConfig)),
    message: ({ hostConfig }) =>
      `invalid isolation (${isolation(hostConfig)}): linux only supports 'default'`,
  },
  {
    isBroken: ({ hostConfig }) => badHost(hostConfig) !== undefined,
    message: ({ hostConfig }) => `bad format for add-host: "${badHost(hostConfig)}"`,
  },
  {
    isBroken: ({ hostConfig }) => badNameserver(hostConfig) !== undefined,
    message: ({ hostConfig }) => `bad nameserver address ${badNameserver(hostConfig)}`,
  },
]

/**
 * Checks what has the right form and no sense.
 *
 * @throws ApiError 400
 */
export const checkRequest = (request: Request): void => {
  for (const { isBroken, message } of rules) if (isBroken(request)) throw badParameter(message(request))
  if (request.config.StopSignal !== undefined) parseSignal(request.config.StopSignal)
}

const namelessVariable = ({ Env }: Request['config']): string | undefined =>
  Env.find((variable) => variable === '' || variable.startsWith('='))

const isolation = (hostConfig: Request['hostConfig']): string => String(hostConfig['Isolation'] ?? '')

const badHost = ({ ExtraHosts }: Request['hostConfig']): string | undefined =>
  ExtraHosts.find((entry) => !/^[^:\s]+:\S+$/.test(entry))

const badNameserver = ({ Dns }: Request['hostConfig']): string | undefined =>
  Dns.find((address) => parseIp(address) === undefined)
