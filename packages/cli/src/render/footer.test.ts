import { expect, test } from 'vitest'
import { Footer } from './footer.ts'

/** What a terminal shows of what was written to it. */
const shown = (written: string): string[] =>
  written.split('\n').map((line) => line.split('\r\x1b[K').at(-1) ?? '')

const footerOf = (columns: number) => {
  let written = ''
  const screen = {
    columns,
    write: (text: string) => {
      written += text
    },
  }
  return { footer: new Footer(screen), screen, lines: () => shown(written), written: () => written }
}

test('it stays below what is written, by itself or by others', () => {
  const { footer, screen, lines } = footerOf(40)
  footer.above('before\n')
  footer.show('keys')
  footer.above('one\ntwo\n')
  expect(lines()).toEqual(['before', 'one', 'two', 'keys'])
  footer.aside(() => screen.write('aside\n'))
  expect(lines()).toEqual(['before', 'one', 'two', 'aside', 'keys'])
  footer.show('other keys')
  expect(lines().at(-1)).toBe('other keys')
  footer.hide()
  footer.above('last\n')
  expect(lines()).toEqual(['before', 'one', 'two', 'aside', 'last', ''])
})

test('what does not fit is cut off, colours are not counted and stay whole', () => {
  const { footer, written } = footerOf(8)
  footer.show('\x1b[1mw\x1b[0m Enable Watch')
  expect(written()).toBe('\r\x1b[K\x1b[1mw\x1b[0m Enabl')
})

test('without a line nothing is added to what is written', () => {
  const { footer, written } = footerOf(80)
  footer.hide()
  footer.above('text\n')
  expect(written()).toBe('text\n')
})
