import { UserError, UserErrors } from '@container-compose/core'
import { expect, test } from 'vitest'
import { renderError } from './error.ts'

const plain = { colours: false, json: false, cwd: '/home/u/shop' }

const taken = new UserError('PORT_IN_USE', 'service "web": host port 8080 is already taken', {
  at: { file: '/home/u/shop/compose.yaml', line: 4, column: 9, excerpt: '      - "8080:80"' },
  cause: new Error('bind: address already in use'),
  hint: 'publish another port, or stop the program that holds it: lsof -i :8080',
})

test('a user error shows message, place, cause and hint', () => {
  expect(renderError(taken, plain)).toBe(`error: service "web": host port 8080 is already taken [PORT_IN_USE]
  at compose.yaml:4:9
          - "8080:80"
            ^
  because: bind: address already in use
  hint: publish another port, or stop the program that holds it: lsof -i :8080
`)
})

test('the caret stands below the column although tabs come before it', () => {
  const error = new UserError('X', 'x', { at: { file: '/f', line: 1, column: 3, excerpt: '\t\tbad' } })
  expect(renderError(error, plain)).toBe('error: x [X]\n  at /f:1:3\n    \t\tbad\n    \t\t^\n')
})

test('every fault of several is shown', () => {
  const errors = new UserErrors([new UserError('A', 'one'), new UserError('B', 'two')])
  expect(renderError(errors, plain)).toBe('error: one [A]\n\nerror: two [B]\n')
})

test('a stack is shown for our own faults only', () => {
  expect(renderError(taken, plain)).not.toContain('error.test.ts')
  const shown = renderError(new TypeError('x is not a function'), plain)
  expect(shown).toContain('please report it')
  expect(shown).toContain('error.test.ts')
})

test('json progress gives one object per error', () => {
  expect(renderError(taken, { ...plain, json: true })).toBe(
    '{"error":true,"message":"service \\"web\\": host port 8080 is already taken","code":"PORT_IN_USE"}\n',
  )
})

test('off a terminal the message stands alone, and what we add is a log line', () => {
  expect(renderError(taken, { ...plain, logTime: '2026-01-02T03:04:05Z' })).toBe(
    `time="2026-01-02T03:04:05Z" level=error msg="[PORT_IN_USE] at compose.yaml:4:9" excerpt="      - \\"8080:80\\"" cause="bind: address already in use" hint="publish another port, or stop the program that holds it: lsof -i :8080"
service "web": host port 8080 is already taken
`,
  )
})
