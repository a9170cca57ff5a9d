import { attribute } from '../testing/attribute.ts'

attribute('volumes', {
  takes: [
    ['[]', undefined],
    ['[x]', [{ type: 'volume', target: 'x' }]],
    ['["v:/x"]', [{ type: 'volume', target: 'v:/x', volume: {} }]],
    [
      '["/x:/y", "./a:/b:ro", "../c:/d", "~:/h", "/anon"]',
      [
        { type: 'bind', source: '/x', target: '/y', bind: { create_host_path: true } },
        {
          type: 'bind',
          source: '/project/a',
          target: '/b',
          read_only: true,
          bind: { create_host_path: true },
        },
        { type: 'bind', source: '/c', target: '/d', bind: { create_host_path: true } },
        { type: 'bind', source: '/home/user', target: '/h', bind: { create_host_path: true } },
        { type: 'volume', target: '/anon', volume: {} },
      ],
    ],
    [
      '[{type: bind, source: ./x, target: /y, read_only: true, bind: {propagation: rshared, create_host_path: false, selinux: z, recursive: enabled}, consistency: cached}]',
      [
        {
          type: 'bind',
          source: '/project/x',
          target: '/y',
          read_only: true,
          consistency: 'cached',
          bind: { selinux: 'z', propagation: 'rshared', recursive: 'enabled' },
        },
      ],
    ],
    [
      '[{type: volume, target: /x, volume: {nocopy: true, subpath: s, labels: {a: b}}}]',
      [{ type: 'volume', target: '/x', volume: { labels: { a: 'b' }, nocopy: true, subpath: 's' } }],
    ],
    [
      '[{type: tmpfs, target: /t, tmpfs: {size: 1g, mode: 755}}]',
      [{ type: 'tmpfs', target: '/t', tmpfs: { size: '1073741824', mode: 755 } }],
    ],
    [
      '[{type: tmpfs, target: /t, tmpfs: {size: 1024, mode: 0o1777}}]',
      [{ type: 'tmpfs', target: '/t', tmpfs: { size: '1024', mode: 1023 } }],
    ],
    [
      '[{type: image, source: x, target: /t, image: {subpath: q}}]',
      [{ type: 'image', source: 'x', target: '/t', image: { subpath: 'q' } }],
    ],
    [
      '[{type: npipe, source: x, target: y}, {type: cluster, source: c, target: /d}]',
      [
        { type: 'npipe', source: 'x', target: 'y' },
        { type: 'cluster', source: 'c', target: '/d' },
      ],
    ],
    [
      '["a:/x:ro:z"]',
      [{ type: 'bind', source: 'a:/x', target: 'ro', bind: { selinux: 'z', create_host_path: true } }],
    ],
    ['["/a:/x", "/b:/x"]', [{ type: 'bind', source: '/b', target: '/x', bind: { create_host_path: true } }]],
    ['["/a:/x", "/b:/x/"]', [{ type: 'bind', source: '/b', target: '/x', bind: { create_host_path: true } }]],
    ['[{type: bind, source: "", target: /y}]', [{ type: 'bind', source: '/project', target: '/y' }]],
    ['["x"]', [{ type: 'volume', target: 'x' }]],
    ['["."]', [{ type: 'volume', target: '.' }]],
    ['["a:b"]', [{ type: 'volume', target: 'a:b', volume: {} }]],
    [
      `["\\\\\\\\.\\\\pipe\\\\x:/y"]`,
      [{ type: 'bind', source: '\\\\.\\pipe\\x', target: '/y', bind: { create_host_path: true } }],
    ],
    [
      '["/a:/x:ro,rw,nocopy,Z,private"]',
      [
        {
          type: 'bind',
          source: '/a',
          target: '/x',
          bind: { selinux: 'Z', propagation: 'private', create_host_path: true },
          volume: { nocopy: true },
        },
      ],
    ],
    [
      '[{type: bind, source: /a, target: /b, bind: {create_host_path: "true"}}]',
      [{ type: 'bind', source: '/a', target: '/b', bind: { create_host_path: true } }],
    ],
    ['["/a:/b:cached"]', [{ type: 'bind', source: '/a', target: '/b', bind: { create_host_path: true } }]],
  ],
  refuses: [
    ['null', 'SCHEMA_TYPE'],
    ['text', 'SCHEMA_TYPE'],
    ['"7"', 'SCHEMA_TYPE'],
    ['[{type: tmpfs, target: /t, tmpfs: {mode: "0755"}}]', 'DECODE'],
    ['[{type: foo, target: /x}]', 'SCHEMA_VALUE'],
    ['[":/x"]', 'LIST_ITEM'],
    ['[{type: volume, source: v}]', 'LIST_ITEM'],
  ],
})
