import type { IncomingMessage } from 'node:http'
import { badParameter } from './errors.ts'
import type { Call } from './router.ts'

/** Answers with a JSON document. */
export const sendJson = ({ response }: Pick<Call, 'response'>, status: number, body: unknown): void => {
  const text = Buffer.from(`${JSON.stringify(body)}\n`)
  response.writeHead(status, { 'Content-Type': 'application/json', 'Content-Length': text.length })
  response.end(text)
}

/** Answers with a status alone: 204 done, 304 nothing to do, 200 for the calls that say so. */
export const sendStatus = ({ response }: Pick<Call, 'response'>, status: number): void => {
  response.writeHead(status, status === 200 ? { 'Content-Length': 0 } : {})
  response.end()
}

/** A body larger than this is no request that a client of ours sends. */
const longestJsonBody = 16 * 1024 * 1024

/**
 * Reads the JSON object in the body; an absent body is an empty object.
 *
 * @throws ApiError 400 when it is anything else.
 */
export const readJson = async (request: IncomingMessage): Promise<Record<string, unknown>> => {
  const chunks: Buffer[] = []
  let length = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length
    if (length > longestJsonBody) throw badParameter('request body too large')
    chunks.push(chunk)
  }
  return parseJson(Buffer.concat(chunks))
}

/** @throws ApiError 400 when the bytes are no JSON object; none at all are an empty one. */
export const parseJson = (bytes: Buffer): Record<string, unknown> => {
  if (bytes.length === 0) return {}
  let value: unknown
  try {
    value = JSON.parse(bytes.toString())
  } catch (error) {
    throw badParameter(`invalid JSON: ${(error as Error).message}`)
  }
  if (value === null) return {}
  if (typeof value !== 'object' || Array.isArray(value))
    throw badParameter('invalid JSON: expected an object')
  return value as Record<string, unknown>
}

/** A boolean of a query: as Docker reads it, everything but these and nothing is true. */
export const queryFlag = (query: URLSearchParams, name: string, absent = false): boolean => {
  const value = query.get(name)?.trim().toLowerCase()
  return value === undefined ? absent : !['', '0', 'no', 'false', 'none'].includes(value)
}

/**
 * A whole number of a query; undefined when absent or empty.
 *
 * @throws ApiError 400 when it is no number.
 */
export const queryInteger = (query: URLSearchParams, name: string): number | undefined => {
  const value = query.get(name)
  if (value === null || value === '') return undefined
  if (!/^-?\d{1,15}$/.test(value)) throw badParameter(`strconv.Atoi: parsing "${value}": invalid syntax`)
  return Number(value)
}
