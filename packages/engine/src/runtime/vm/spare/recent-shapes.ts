import { type MachineShape, shapeName, usualShape } from '../shape.ts'
import { hostCpus } from '../template/recipe.ts'

const remembered = 16

/** The shapes of the last starts. */
export class RecentShapes {
  readonly #shapes: MachineShape[] = []

  add(shape: MachineShape): void {
    this.#shapes.push(shape)
    if (this.#shapes.length > remembered) this.#shapes.shift()
  }

  /** The most frequent one, of two the later; what nearly every container gets when nothing has been started. */
  usual(): MachineShape {
    const counts = new Map<string, number>()
    let found = usualShape(hostCpus())
    let most = 0
    for (const shape of this.#shapes) {
      const count = (counts.get(shapeName(shape)) ?? 0) + 1
      counts.set(shapeName(shape), count)
      if (count < most) continue
      most = count
      found = shape
    }
    return found
  }
}
