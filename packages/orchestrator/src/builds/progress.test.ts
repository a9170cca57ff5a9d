import { expect, test } from 'vitest'
import type { ComposeEvent } from '../events.ts'
import { progressReader } from './progress.ts'

const read = (...messages: string[]): string[] => {
  const told: string[] = []
  const reader = progressReader({ image: 'demo-web', service: 'web' }, (event: ComposeEvent) => {
    if (event.type === 'progress') told.push([event.id, event.text, event.status ?? event.state].join(' '))
    if (event.type === 'build-output') told.push(`${event.step} | ${event.line}`)
  })
  for (const message of messages) reader.read(message)
  reader.end()
  return told
}

test('steps become rows that end, with what they print', () => {
  expect(
    read(
      'Step 1/2 : FROM a\n',
      ' ---> 0123456789ab\n',
      'Step 2/2 : RUN echo\n',
      ' ---> Running in 0123456789ab\n',
      'one\ntwo\n',
      'Removing intermediate container 0123456789ab\n',
      'Successfully built 0123456789ab\n',
    ),
  ).toEqual([
    'web 1/2 FROM a working',
    'web 1/2 FROM a Done',
    'web 2/2 RUN echo working',
    'web 2/2 | one',
    'web 2/2 | two',
    'web 2/2 RUN echo Done',
  ])
})

test('a step that was made before says so', () => {
  expect(read('Step 1/1 : RUN x\n', ' ---> Using cache\n ---> 0123456789ab\n')).toEqual([
    'web 1/1 RUN x working',
    'web 1/1 RUN x Cached',
  ])
})

test('dockerd says a step in two messages; an empty line of a program is one', () => {
  expect(read('Step 1/1 : RUN x', '\n', '\n', 'y\n')).toEqual([
    'web 1/1 RUN x working',
    'web 1/1 | ',
    'web 1/1 | y',
    'web 1/1 RUN x Done',
  ])
})

test('what comes before the first step belongs to the service', () => {
  expect(read('Pulling a:1\n')).toEqual(['web | Pulling a:1'])
})
