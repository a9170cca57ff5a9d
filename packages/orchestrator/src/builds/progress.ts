import type { Emit } from '../events.ts'

export interface BuildRows {
  /** The row of the image. */
  readonly image: string
  /** Begins the names of its steps' rows. */
  readonly service: string
}

/** Turns the stream of a classic build into progress: a row for each step, and the lines that it prints. */
export const progressReader = (rows: BuildRows, emit: Emit) => {
  let step: { readonly id: string; readonly text: string } | undefined
  let isCached = false
  /** dockerd ends the line of a step with a message of its own. */
  let isOpen = false
  const settle = (state: 'done' | 'error'): void => {
    if (step === undefined) return
    const status = state === 'error' ? 'Error' : isCached ? 'Cached' : 'Done'
    emit({ type: 'progress', parent: rows.image, ...step, status, state, percent: 100 })
    step = undefined
  }
  return {
    /** One message: whole lines, or a part of one. */
    read: (text: string): void => {
      const [, number, total, instruction = ''] = /^Step (\d+)\/(\d+) : ([\s\S]*?)\n?$/.exec(text) ?? []
      const endsStep = isOpen && text === '\n'
      isOpen = number !== undefined && !text.endsWith('\n')
      if (endsStep) return
      if (number !== undefined) {
        settle('done')
        isCached = false
        step = { id: `${rows.service} ${number}/${total}`, text: instruction }
        emit({ type: 'progress', parent: rows.image, ...step, state: 'working' })
      } else if (/^ ---> Using cache$/m.test(text)) isCached = true
      else if (!/^( ---> |Removing intermediate container |Successfully (built|tagged) )/.test(text))
        for (const line of text.replace(/\n$/, '').split('\n'))
          emit({ type: 'build-output', image: rows.image, step: step?.id ?? rows.service, line })
    },
    fail: (): void => settle('error'),
    end: (): void => settle('done'),
  }
}
