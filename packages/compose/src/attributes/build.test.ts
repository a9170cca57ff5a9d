import { attribute } from '../testing/attribute.ts'

attribute('build', {
  takes: [
    ['text', { context: '/project/text', dockerfile: 'Dockerfile' }],
    ['"7"', { context: '/project/7', dockerfile: 'Dockerfile' }],
    ['{}', { context: '/project', dockerfile: 'Dockerfile' }],
    ['""', { dockerfile: 'Dockerfile' }],
    ['{dockerfile_inline: "FROM x"}', { context: '/project', dockerfile_inline: 'FROM x' }],
    [
      'https://github.com/a/b.git#c:d',
      { context: 'https://github.com/a/b.git#c:d', dockerfile: 'Dockerfile' },
    ],
    [
      '{additional_contexts: {b: "service:b"}}',
      { context: '/project', dockerfile: 'Dockerfile', additional_contexts: { b: 'service:b' } },
    ],
    ['{context: git@github.com:a/b}', { context: 'git@github.com:a/b', dockerfile: 'Dockerfile' }],
  ],
  refuses: [
    ['null', 'SCHEMA_TYPE'],
    ['7', 'SCHEMA_TYPE'],
    ['1.5', 'SCHEMA_TYPE'],
    ['{k: v}', 'UNKNOWN_KEY'],
    ['{dockerfile_inline: "FROM x", dockerfile: D}', 'BUILD'],
  ],
})
