/** Services in the order of removal: each after all that need it. Nodes of a cycle, which labels could claim, come as they are. */
export const removalOrder = (
  services: Iterable<string>,
  dependents: ReadonlyMap<string, ReadonlySet<string>>,
): string[] => {
  const order: string[] = []
  const visited = new Set<string>()
  const wanted = new Set(services)
  const visit = (service: string): void => {
    if (visited.has(service)) return
    visited.add(service)
    for (const dependent of [...(dependents.get(service) ?? [])].sort()) visit(dependent)
    if (wanted.has(service)) order.push(service)
  }
  for (const service of [...wanted].sort()) visit(service)
  return order
}
