/** A byte count as decimal digits, the form in which the reference prints and hashes it; see `byteCount`. */
export type Bytes = string

/** Go's text of a duration (`1m30s`), the form in which the reference prints and hashes it; see `durationMs`. */
export type DurationText = string

/** A file mode as octal text with a leading zero, `0444`. */
export type FileMode = string

/** Words of a command; null when it was not set. */
export type Command = readonly string[] | null

/** Attributes of the user's own, kept as they were written. */
export type Extensions = { readonly [key: `x-${string}`]: unknown }
