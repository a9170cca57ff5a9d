import type { World } from './command.ts'

/**
 * Asks a question that is answered by y or n. Without a terminal the answer is read from stdin all the same, and its end
 * means no.
 */
export const confirm = async (
  question: string,
  { stdin, stdout }: Pick<World, 'stdin' | 'stdout'>,
): Promise<boolean> => {
  const { createInterface } = await import('node:readline')
  stdout.write(stdin.isTTY ? `? ${question} (y/N) ` : question)
  const reader = createInterface({ input: stdin, terminal: false })
  try {
    for await (const line of reader) return /^(y|yes|t|true|1)$/i.test(line.trim())
    return false
  } finally {
    reader.close()
  }
}
