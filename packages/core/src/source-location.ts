/** A place in a text that a person wrote. Lines and columns count from 1. */
export interface SourceLocation {
  readonly file: string
  readonly line: number
  readonly column: number
  /** The source line itself, without its line end; absent when the text is gone. */
  readonly excerpt?: string
}

/** `compose.yaml:4:9`, the form that terminals and editors make a link of. */
export const formatLocation = ({ file, line, column }: SourceLocation): string => `${file}:${line}:${column}`
