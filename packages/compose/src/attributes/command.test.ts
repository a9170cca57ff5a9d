import { attribute } from '../testing/attribute.ts'

attribute('command', {
  takes: [
    ['null', null],
    ['text', ['text']],
    ['"7"', ['7']],
    ['[]', []],
    ['[x]', ['x']],
    ['""', []],
    [`echo "a b" 'c d' e\\ f`, ['echo', 'a b', 'c d', 'e f']],
    ['["a", "b c"]', ['a', 'b c']],
    ['"a; b"', ['a']],
    ['"a > b"', ['a']],
    ['"a 2> b"', ['a']],
    ['"a $$(b c)"', ['a', '$(b c)']],
    ['"a `b c`"', ['a', '`b c`']],
    [`"a\\\\tb"`, ['atb']],
    [`"\\n a\\n b"`, ['a', 'b']],
    [`">\\n"`, []],
    ['"a  b"', ['a', 'b']],
    [`"''"`, ['']],
    ['"a#b"', ['a#b']],
    ['"é ü"', ['é', 'ü']],
  ],
  refuses: [
    ['7', 'SCHEMA_TYPE'],
    ['1.5', 'SCHEMA_TYPE'],
    ['true', 'SCHEMA_TYPE'],
    ['"a (b)"', 'DECODE'],
    [`"a \\"b"`, 'DECODE'],
    ['"a )"', 'DECODE'],
  ],
})
