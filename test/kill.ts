/** Moments drawn at random; the seed is for the titles of tests, and `KILL_SEED` repeats a run. */
export const randomMoments = (): { readonly seed: number; moment(longestMs: number): number } => {
  const seed = Number(process.env['KILL_SEED'] ?? Date.now() % 100_000)
  let state = seed
  return {
    seed,
    moment: (longestMs) => {
      state = (state * 1_103_515_245 + 12_345) % 2_147_483_648
      return Math.round((state / 2_147_483_648) * longestMs)
    },
  }
}

/** `kill -9` of one process, which may have ended by itself. */
export const endHard = (pid: number | undefined): void => {
  try {
    if (pid !== undefined && pid > 1) process.kill(pid, 'SIGKILL')
  } catch {
    // It has ended by itself.
  }
}
