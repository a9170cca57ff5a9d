/** Edges by node: `graph.get('web')` are the nodes that `web` needs first. */
export type Graph<Node> = ReadonlyMap<Node, readonly Node[]>

/** The first cycle met, as the nodes along it with the first repeated at the end, or undefined. */
export const findCycle = <Node>(graph: Graph<Node>): Node[] | undefined => {
  const done = new Set<Node>()
  for (const start of graph.keys()) {
    // An explicit stack: a chain of thousands of services must not exhaust the call stack.
    const path: { node: Node; next: number }[] = [{ node: start, next: 0 }]
    const onPath = new Set([start])
    while (path.length > 0 && !done.has(start)) {
      const top = path[path.length - 1] as { node: Node; next: number }
      const needed = graph.get(top.node)?.[top.next++]
      if (needed === undefined) {
        done.add(top.node)
        onPath.delete(top.node)
        path.pop()
      } else if (onPath.has(needed)) {
        const nodes = path.map(({ node }) => node)
        return [...nodes.slice(nodes.indexOf(needed)), needed]
      } else if (!done.has(needed)) {
        path.push({ node: needed, next: 0 })
        onPath.add(needed)
      }
    }
  }
  return undefined
}

/**
 * The nodes in an order in which each comes after all that it needs; ties keep the map's order.
 * Edges to unknown nodes are ignored. Throws when there is a cycle: ask `findCycle` first.
 */
export const dependencyOrder = <Node>(graph: Graph<Node>): Node[] => {
  const waitsFor = new Map<Node, number>()
  const neededBy = new Map<Node, Node[]>()
  for (const [node, needs] of graph) {
    const known = new Set(needs.filter((need) => graph.has(need)))
    waitsFor.set(node, known.size)
    for (const need of known) neededBy.set(need, [...(neededBy.get(need) ?? []), node])
  }
  const order = [...graph.keys()].filter((node) => waitsFor.get(node) === 0)
  for (const node of order) {
    for (const dependent of neededBy.get(node) ?? []) {
      const left = (waitsFor.get(dependent) ?? 0) - 1
      waitsFor.set(dependent, left)
      if (left === 0) order.push(dependent)
    }
  }
  if (order.length < graph.size) throw new Error('dependencyOrder: the graph has a cycle')
  return order
}
