/** Character classes of YAML as libyaml and Go's yaml.v3 have them. A code is NaN past the end of the text. */

export const tab = 0x09
export const lineFeed = 0x0a
export const carriageReturn = 0x0d
export const space = 0x20

/** Space or tab. */
export const isBlank = (code: number): boolean => code === space || code === tab

export const isBreak = (code: number): boolean =>
  code === lineFeed || code === carriageReturn || code === 0x85 || code === 0x2028 || code === 0x2029

export const isEnd = (code: number): boolean => Number.isNaN(code)

export const isBreakOrEnd = (code: number): boolean => isBreak(code) || isEnd(code)

export const isBlankOrEnd = (code: number): boolean => isBlank(code) || isBreak(code) || isEnd(code)

export const isDigit = (code: number): boolean => code >= 0x30 && code <= 0x39

/** Letters, digits, `_` and `-`: what names of anchors, handles and directives are made of. */
export const isWord = (code: number): boolean =>
  (code >= 0x61 && code <= 0x7a) ||
  (code >= 0x41 && code <= 0x5a) ||
  isDigit(code) ||
  code === 0x5f ||
  code === 0x2d

const disallowed = /[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ufffe\uffff]/

/** The first character that no YAML text may hold, or -1. */
export const findDisallowed = (text: string): number => text.search(disallowed)
