import type { Operation, Phase, Plan, PlanNode } from './operation.ts'

/** Collects nodes; ids and needs come out in the order of adding, so equal input gives an equal plan. */
export class PlanBuilder {
  readonly #nodes: PlanNode[] = []
  #phase: Phase = 'create'

  /** From here on nodes belong to `phase`. */
  begin(phase: Phase): void {
    this.#phase = phase
  }

  add(operation: Operation, needs: Iterable<number | undefined> = []): number {
    const id = this.#nodes.length + 1
    const sorted = [...new Set(needs)].filter((need) => need !== undefined).sort((a, b) => a - b)
    this.#nodes.push({ id, needs: sorted, phase: this.#phase, operation })
    return id
  }

  /** Ids of all nodes of a phase so far. */
  ids(phase: Phase): number[] {
    return this.#nodes.filter((node) => node.phase === phase).map(({ id }) => id)
  }

  get plan(): Plan {
    return this.#nodes
  }
}

/** The second plan after the first: its nodes wait for all of the first's. */
export const after = (first: Plan, second: Plan): Plan => {
  const all = first.map(({ id }) => id)
  const offset = first.length
  return [
    ...first,
    ...second.map(({ id, needs, phase, operation }) => ({
      id: id + offset,
      needs: needs.length === 0 ? all : needs.map((need) => need + offset),
      phase,
      operation:
        operation.causedBy === undefined
          ? operation
          : { ...operation, causedBy: operation.causedBy + offset },
    })),
  ]
}
