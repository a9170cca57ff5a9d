/**
 * Resolves with the first truthy value of `claim`, asked again every 25 ms; a throw counts as not yet.
 * Rejects after `deadlineMs` with what was awaited and the last error.
 */
export const eventually = async <Value>(
  claim: () => Value | Promise<Value>,
  awaited: string,
  deadlineMs = 30_000,
): Promise<NonNullable<Value>> => {
  const end = Date.now() + deadlineMs
  let last: unknown
  for (;;) {
    try {
      const value = await claim()
      if (value) return value
    } catch (error) {
      last = error
    }
    if (Date.now() > end) throw new Error(`not within ${deadlineMs} ms: ${awaited}`, { cause: last })
    await new Promise((resolve) => setTimeout(resolve, 25))
  }
}
