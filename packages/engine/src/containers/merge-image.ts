import { badParameter } from '../api/errors.ts'
import type { ImageConfig } from '../images/images.ts'
import { mergeHealthcheck } from './healthcheck.ts'
import type { ContainerConfig } from './model.ts'

/**
 * What a container runs with: the request, and the image's configuration where the request says nothing.
 *
 * @throws ApiError 400 when neither names a command.
 */
export const mergeImage = (request: ContainerConfig, image: ImageConfig['config'] = {}): ContainerConfig => {
  const healthcheck = mergeHealthcheck(request.Healthcheck, image.Healthcheck)
  const { Healthcheck: _own, ...rest } = request
  const stopSignal = request.StopSignal ?? image.StopSignal
  const merged: ContainerConfig = {
    ...rest,
    ...mergeCommand(request, image),
    User: request.User || (image.User ?? ''),
    WorkingDir: request.WorkingDir || (image.WorkingDir ?? ''),
    ExposedPorts: { ...image.ExposedPorts, ...normalisePorts(request.ExposedPorts) },
    Volumes: image.Volumes || request.Volumes ? { ...image.Volumes, ...request.Volumes } : null,
    Labels: { ...image.Labels, ...request.Labels },
    Env: mergeEnvironment(image.Env ?? [], request.Env),
    ...(healthcheck && { Healthcheck: healthcheck }),
    ...(stopSignal && { StopSignal: stopSignal }),
  }
  if ((merged.Entrypoint ?? []).length + (merged.Cmd ?? []).length === 0)
    throw badParameter('no command specified')
  return merged
}

/** An entrypoint of the request drops the image's command; `[""]` drops the image's entrypoint. */
const mergeCommand = (
  request: ContainerConfig,
  image: NonNullable<ImageConfig['config']>,
): Pick<ContainerConfig, 'Cmd' | 'Entrypoint'> => {
  const { Entrypoint: entrypoint, Cmd: command } = request
  if (entrypoint !== null && entrypoint.length > 0)
    return { Cmd: command, Entrypoint: entrypoint.length === 1 && entrypoint[0] === '' ? null : entrypoint }
  return {
    Cmd: command !== null && command.length > 0 ? command : (image.Cmd ?? null),
    Entrypoint: image.Entrypoint ?? null,
  }
}

/** The request's variables first to last, then those of the image that it does not name. */
const mergeEnvironment = (image: readonly string[], request: readonly string[]): string[] => {
  const named = new Set(request.map((variable) => variable.split('=', 1)[0]))
  return [...request, ...image.filter((variable) => !named.has(variable.split('=', 1)[0]))]
}

const normalisePorts = (ports: Readonly<Record<string, object>>): Record<string, object> =>
  Object.fromEntries(Object.keys(ports).map((port) => [port.includes('/') ? port : `${port}/tcp`, {}]))
