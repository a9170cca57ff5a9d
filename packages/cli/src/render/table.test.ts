import { expect, test } from 'vitest'
import { renderTable } from './table.ts'

test('columns are as wide as the longest cell and the gap, at least the minimum; the last is not padded', () => {
  expect(
    renderTable(
      ['NAME', 'IMAGE', 'PORTS'],
      [
        ['demo-web-1', 'nginx', ''],
        ['x', 'a', '80/tcp'],
      ],
      { minimum: 10, gap: 3 },
    ),
  ).toBe(
    'NAME         IMAGE     PORTS\n' + //
      'demo-web-1   nginx     \n' +
      'x            a         80/tcp\n',
  )
})

test('a table without rows has its header', () => {
  expect(renderTable(['A', 'B'], [], { minimum: 4, gap: 2 })).toBe('A   B\n')
})
