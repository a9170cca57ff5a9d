import { readFileSync } from 'node:fs'
import { Agent, type AgentOptions } from 'node:http'
import { join } from 'node:path'
import Docker from 'dockerode'
import { type ContainerCalls, containerCalls } from './containers.ts'
import type { Endpoint } from './endpoint.ts'
import { toEngineError } from './engine-error.ts'
import { type ExecCalls, execCalls } from './exec.ts'
import { type ImageCalls, imageCalls } from './images.ts'
import { type NetworkCalls, networkCalls } from './networks.ts'
import { type SystemCalls, systemCalls } from './system.ts'
import { type VolumeCalls, volumeCalls } from './volumes.ts'

/** The few calls of the Docker Engine API that we use. Each rejects with EngineError, or `ENGINE_UNREACHABLE`. */
export interface EngineClient {
  readonly endpoint: Endpoint
  readonly containers: ContainerCalls
  readonly exec: ExecCalls
  readonly images: ImageCalls
  readonly networks: NetworkCalls
  readonly volumes: VolumeCalls
  readonly system: SystemCalls
}

/** Awaits a call and turns what it rejects with into our errors. */
export type Guard = <Value>(call: Promise<Value>) => Promise<Value>

/** A client for the endpoint. Nothing is sent before the first call; paths carry a version only if one is given. */
export const connect = (endpoint: Endpoint, options: { readonly apiVersion?: string } = {}): EngineClient => {
  const docker = new Docker({
    // The modem would take what is not said here from the environment, which the endpoint has already been chosen from.
    host: undefined,
    port: undefined,
    protocol: undefined,
    ca: undefined,
    cert: undefined,
    key: undefined,
    pathPrefix: '/',
    ...address(endpoint),
    ...(options.apiVersion ? { version: `v${options.apiVersion}` } : {}),
  } as Docker.DockerOptions)
  const guard: Guard = (call) =>
    call.catch((error) => {
      throw toEngineError(error, endpoint)
    })
  return {
    endpoint,
    containers: containerCalls(docker, guard),
    exec: execCalls(docker, guard),
    images: imageCalls(docker, guard),
    networks: networkCalls(docker, guard),
    volumes: volumeCalls(docker, guard),
    system: systemCalls(docker, guard),
  }
}

const address = (endpoint: Endpoint): Record<string, unknown> => {
  // A given server name spares Node.js the look whether the host is an IPv6 address: its pattern takes 5 ms to compile.
  if (endpoint.kind === 'unix')
    return {
      socketPath: endpoint.path,
      agent: new Agent({ keepAlive: true, servername: '' } as AgentOptions),
    }
  const { host, port, certificates } = endpoint
  if (certificates === undefined) return { host, port, protocol: 'http' }
  const read = (name: string) => readFileSync(join(certificates, name))
  return { host, port, protocol: 'https', ca: read('ca.pem'), cert: read('cert.pem'), key: read('key.pem') }
}
