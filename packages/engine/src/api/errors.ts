/**
 * An answer other than success, in Docker's words: clients show the text after `Error response from daemon: `, and tools
 * compare it. `status` is what dockerd sends for it (400 bad parameter, 404 not found, 409 conflict, 500, 501 not implemented).
 */
export class ApiError extends Error {
  override readonly name = 'ApiError'
  readonly status: number
  constructor(status: number, message: string, options?: ErrorOptions) {
    super(message, options)
    this.status = status
  }
}

export const badParameter = (message: string): ApiError => new ApiError(400, message)
export const notFound = (message: string): ApiError => new ApiError(404, message)
export const conflict = (message: string): ApiError => new ApiError(409, message)
export const notImplemented = (message: string): ApiError => new ApiError(501, message)
