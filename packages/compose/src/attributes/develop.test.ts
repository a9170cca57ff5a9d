import { attribute } from '../testing/attribute.ts'

attribute('develop', {
  takes: [
    ['null', undefined],
    ['{}', {}],
    [
      '{watch: [{path: ./x, action: sync, target: /y, ignore: [a], include: b, initial_sync: true}, {path: ., action: rebuild}, {path: z, action: sync+exec, target: /q, exec: {command: x y, user: root, environment: [A=b]}}]}',
      {
        watch: [
          {
            path: '/project/x',
            action: 'sync',
            target: '/y',
            exec: { command: null },
            include: ['b'],
            ignore: ['a'],
            initial_sync: true,
          },
          { path: '/project', action: 'rebuild', exec: { command: null } },
          {
            path: '/project/z',
            action: 'sync+exec',
            target: '/q',
            exec: { command: ['x', 'y'], user: 'root', environment: { A: 'b' } },
          },
        ],
      },
    ],
    [
      '{watch: [{path: x, action: restart}]}',
      { watch: [{ path: '/project/x', action: 'restart', exec: { command: null } }] },
    ],
  ],
  refuses: [
    ['text', 'SCHEMA_TYPE'],
    ['"7"', 'SCHEMA_TYPE'],
    ['7', 'SCHEMA_TYPE'],
    ['{k: v}', 'UNKNOWN_KEY'],
    ['{watch: [{path: "", action: rebuild}]}', 'RULE'],
    ['{watch: [{action: rebuild}]}', 'SCHEMA_MISSING'],
    ['{watch: [{path: x, action: foo}]}', 'SCHEMA_VALUE'],
  ],
})
