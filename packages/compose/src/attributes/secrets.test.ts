import { attribute } from '../testing/attribute.ts'

attribute('secrets', {
  takes: [
    ['[]', undefined],
    ['[{source: s, mode: 0}]', [{ source: 's', target: '/run/secrets/s', mode: '00' }]],
    ['[{source: s, mode: 755}]', [{ source: 's', target: '/run/secrets/s', mode: '01363' }]],
    ['[{source: s, mode: "0755"}]', [{ source: 's', target: '/run/secrets/s', mode: '0755' }]],
    ['[{source: s, mode: 0755}]', [{ source: 's', target: '/run/secrets/s', mode: '0755' }]],
    ['[{source: s, mode: 0o755}]', [{ source: 's', target: '/run/secrets/s', mode: '0755' }]],
    ['[{source: s, mode: "755"}]', [{ source: 's', target: '/run/secrets/s', mode: '0755' }]],
    ['[{source: s, mode: -1}]', [{ source: 's', target: '/run/secrets/s', mode: '0-1' }]],
    ['[{source: s, mode: 8}]', [{ source: 's', target: '/run/secrets/s', mode: '010' }]],
    [
      '[s, {source: s2, target: t, uid: "1", gid: "2", mode: 0440}]',
      [
        { source: 's', target: '/run/secrets/s' },
        { source: 's2', target: 't', uid: '1', gid: '2', mode: '0440' },
      ],
    ],
  ],
  refuses: [
    ['null', 'SCHEMA_TYPE'],
    ['text', 'SCHEMA_TYPE'],
    ['"7"', 'SCHEMA_TYPE'],
    ['[x]', 'UNDEFINED_SECRET'],
    ['[1]', 'LIST_ITEM'],
    ['[{source: s, mode: "9"}]', 'DECODE'],
    ['[{source: s, mode: 493.0}]', 'DECODE'],
  ],
})
