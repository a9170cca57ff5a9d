/** Runs one action after the other, in the order in which they were asked for. What fails hinders none that follows. */
export type InTurn = <Result>(action: () => Promise<Result>) => Promise<Result>

export const inTurn = (): InTurn => {
  let last: Promise<unknown> = Promise.resolve()
  return (action) => {
    const result = last.then(action)
    last = result.catch(() => undefined)
    return result
  }
}
