import { expect, test } from 'vitest'
import { renderFields } from './fields.ts'

test('values stand below each other and go on in their column', () => {
  const fields = [
    ['pid', '42'],
    ['acceleration', 'tcg (no guest runs\nwith /dev/kvm)'],
  ] as const
  expect(renderFields(fields, { columns: undefined })).toBe(
    'pid           42\nacceleration  tcg (no guest runs\n              with /dev/kvm)\n',
  )
})

test('where the terminal ends a value is broken at a space, or anywhere when it has none', () => {
  expect(renderFields([['a', 'one two three four five six']], { columns: 23 })).toBe(
    'a  one two three four\n   five six\n',
  )
  expect(renderFields([['a', 'x'.repeat(25)]], { columns: 23 })).toBe(`a  ${'x'.repeat(20)}\n   xxxxx\n`)
})
