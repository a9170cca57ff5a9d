import { expect, test } from 'vitest'
import { dependencyOrder, findCycle, type Graph } from './graph.ts'

const graph = (edges: Record<string, string[]>): Graph<string> => new Map(Object.entries(edges))

test('a node comes after all that it needs', () => {
  expect(dependencyOrder(graph({ web: ['api', 'db'], api: ['db'], db: [] }))).toEqual(['db', 'api', 'web'])
})

test('independent nodes keep their order, edges to unknown nodes are ignored', () => {
  expect(dependencyOrder(graph({ b: ['gone'], a: [] }))).toEqual(['b', 'a'])
})

test('a node named twice by one dependent counts once', () => {
  expect(dependencyOrder(graph({ web: ['db', 'db'], db: [] }))).toEqual(['db', 'web'])
})

test('a cycle is given as the path along it', () => {
  expect(findCycle(graph({ x: ['a'], a: ['b'], b: ['c'], c: ['a'] }))).toEqual(['a', 'b', 'c', 'a'])
  expect(findCycle(graph({ a: ['a'] }))).toEqual(['a', 'a'])
})

test('a long chain has no cycle and does not exhaust the stack', () => {
  const chain = new Map(Array.from({ length: 100_000 }, (_, i) => [i, i > 0 ? [i - 1] : []]))
  expect(findCycle(chain)).toBeUndefined()
})

test('a diamond is no cycle', () => {
  expect(findCycle(graph({ a: ['b', 'c'], b: ['d'], c: ['d'], d: [] }))).toBeUndefined()
})
