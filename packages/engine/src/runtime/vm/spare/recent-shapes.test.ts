import { expect, test } from 'vitest'
import { type MachineShape, usualShape } from '../shape.ts'
import { hostCpus } from '../template/recipe.ts'
import { RecentShapes } from './recent-shapes.ts'

const usual = usualShape(hostCpus())
const shapeOf = (nics: MachineShape['nics']): MachineShape => ({ ...usual, nics })

const after = (...nics: MachineShape['nics'][]): number => {
  const shapes = new RecentShapes()
  for (const count of nics) shapes.add(shapeOf(count))
  return shapes.usual().nics
}

test('the shape that was started most is the usual one, of two the later', () => {
  expect(new RecentShapes().usual()).toStrictEqual(usual)
  expect(after(2)).toBe(2)
  expect(after(2, 1, 2)).toBe(2)
  expect(after(1, 2)).toBe(2)
})

test('what was started long ago counts no longer', () => {
  expect(after(4, 4, 4, 4, ...Array<1>(16).fill(1))).toBe(1)
})
