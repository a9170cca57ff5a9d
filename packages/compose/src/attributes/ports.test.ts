import { attribute } from '../testing/attribute.ts'

attribute('ports', {
  takes: [
    ['[]', undefined],
    ['[1]', [{ mode: 'ingress', target: 1, protocol: 'tcp' }]],
    [
      '["8080:80/tcp", "127.0.0.1:81:81", "[::1]:82:82/udp", "3000-3002:3000-3002", "9000-9002:90"]',
      [
        { mode: 'ingress', target: 80, published: '8080', protocol: 'tcp' },
        { mode: 'ingress', host_ip: '127.0.0.1', target: 81, published: '81', protocol: 'tcp' },
        { mode: 'ingress', host_ip: '::1', target: 82, published: '82', protocol: 'udp' },
        { mode: 'ingress', target: 3000, published: '3000', protocol: 'tcp' },
        { mode: 'ingress', target: 3001, published: '3001', protocol: 'tcp' },
        { mode: 'ingress', target: 3002, published: '3002', protocol: 'tcp' },
        { mode: 'ingress', target: 90, published: '9000-9002', protocol: 'tcp' },
      ],
    ],
    [
      '[{target: 80, published: "8080", protocol: tcp, mode: host, name: n, app_protocol: http, host_ip: 0.0.0.0}]',
      [
        {
          name: 'n',
          mode: 'host',
          host_ip: '0.0.0.0',
          target: 80,
          published: '8080',
          protocol: 'tcp',
          app_protocol: 'http',
        },
      ],
    ],
    ['[{target: 80}]', [{ mode: 'ingress', target: 80, protocol: 'tcp' }]],
    [
      '[{target: "80", published: 8080}]',
      [{ mode: 'ingress', target: 80, published: '8080', protocol: 'tcp' }],
    ],
    ['["80:80", "80:80"]', [{ mode: 'ingress', target: 80, published: '80', protocol: 'tcp' }]],
    ['[80, 80]', [{ mode: 'ingress', target: 80, protocol: 'tcp' }]],
    ['[80, "80"]', [{ mode: 'ingress', target: 80, protocol: 'tcp' }]],
    [
      '["80:80", {target: 80, published: "80"}]',
      [{ mode: 'ingress', target: 80, published: '80', protocol: 'tcp' }],
    ],
    ['["80-81:80"]', [{ mode: 'ingress', target: 80, published: '80-81', protocol: 'tcp' }]],
    ['["::80"]', [{ mode: 'ingress', target: 80, protocol: 'tcp' }]],
    ['["0.0.0.0:80:80", "80:80"]', [{ mode: 'ingress', target: 80, published: '80', protocol: 'tcp' }]],
    [
      '["8-12:8-12"]',
      [
        { mode: 'ingress', target: 10, published: '10', protocol: 'tcp' },
        { mode: 'ingress', target: 11, published: '11', protocol: 'tcp' },
        { mode: 'ingress', target: 12, published: '12', protocol: 'tcp' },
        { mode: 'ingress', target: 8, published: '8', protocol: 'tcp' },
        { mode: 'ingress', target: 9, published: '9', protocol: 'tcp' },
      ],
    ],
    ['[{target: 70000}]', [{ mode: 'ingress', target: 70000, protocol: 'tcp' }]],
    ['[{target: 80, x-a: b}]', [{ mode: 'ingress', target: 80, protocol: 'tcp' }]],
  ],
  refuses: [
    ['null', 'SCHEMA_TYPE'],
    ['text', 'SCHEMA_TYPE'],
    ['"7"', 'SCHEMA_TYPE'],
    ['[x]', 'PORT_SPEC'],
    ['[{published: "80"}]', 'LIST_ITEM'],
    ['[{target: x}]', 'CAST'],
    ['[{target: 80, host_ip: x}]', 'RULE'],
    ['["65536"]', 'PORT_SPEC'],
    ['["0"]', 'LIST_ITEM'],
    ['["80/foo"]', 'PORT_SPEC'],
  ],
})
