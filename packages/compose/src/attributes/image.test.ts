import { attribute } from '../testing/attribute.ts'

attribute('image', {
  takes: [
    ['j', 'j'],
    ['"n:${T:-x}"', 'n:x'],
    ['$', '$'],
    ['$$x', '$x'],
    ['a$5', 'a$5'],
    ['${T-${U:-v}}', 'v'],
    ['${T:-a}b${T:-c}', 'abc'],
    ['${HOME}', '/home/user'],
  ],
  refuses: [
    ['${T}', 'NO_IMAGE'],
    ['${T', 'INTERPOLATION'],
    ['${T:?need}', 'REQUIRED_VARIABLE'],
    ['${5}', 'INTERPOLATION'],
    ['${T:+y}', 'NO_IMAGE'],
    ['"${A B}"', 'INTERPOLATION'],
  ],
})
