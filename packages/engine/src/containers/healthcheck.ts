import { badParameter } from '../api/errors.ts'
import type { Shape } from '../api/shape.ts'
import type { Healthcheck } from './model.ts'

const leastDuration = 1_000_000

/**
 * Reads a health check.
 *
 * @throws ApiError 400 for times under a millisecond, in dockerd's words.
 */
export const parseHealthcheck = (shape: Shape): Healthcheck => {
  const duration = (name: string) => {
    const value = shape.integer(name)
    if (value !== 0 && value < leastDuration)
      throw badParameter(`${name} in Healthcheck cannot be less than 1ms`)
    return value
  }
  const retries = shape.integer('Retries')
  if (retries < 0) throw badParameter('Retries in Healthcheck cannot be negative')
  return withoutZeros({
    Test: shape.texts('Test'),
    Interval: duration('Interval'),
    Timeout: duration('Timeout'),
    StartPeriod: duration('StartPeriod'),
    StartInterval: duration('StartInterval'),
    Retries: retries,
  })
}

/** The request's check where it says something, else the image's; undefined when neither does. */
export const mergeHealthcheck = (
  request: Healthcheck | undefined,
  image: Healthcheck | undefined,
): Healthcheck | undefined => {
  if (request === undefined) return image
  return withoutZeros({ ...image, ...withoutZeros(request) })
}

const withoutZeros = (check: Healthcheck): Healthcheck =>
  Object.fromEntries(
    Object.entries(check).filter(([, value]) => value !== 0 && !(Array.isArray(value) && value.length === 0)),
  )
