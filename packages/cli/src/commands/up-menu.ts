import type { World } from '../command.ts'
import { isTrue } from '../globals.ts'
import { readKeys } from '../keys.ts'
import { Footer } from '../render/footer.ts'

export interface MenuActions {
  readonly toggleWatch: () => void
  readonly detach: () => void
}

/** Whether `up` has a menu: where a person sits, unless the flag or `COMPOSE_MENU` says otherwise. */
export const wantsMenu = (
  flag: boolean | undefined,
  { env, stdin, stdout }: Pick<World, 'env' | 'stdin' | 'stdout'>,
): boolean => {
  const asked = flag ?? (env['COMPOSE_MENU'] ? isTrue(env['COMPOSE_MENU']) : true)
  return asked && stdin.isTTY === true && stdout.isTTY === true
}

/** How long a complaint stands in the place of the menu. */
const complaintMs = 10_000

/** The line of keys below the logs of `up`, and what they do. Until it is opened, and when it is closed, writing is only writing. */
export class UpMenu {
  readonly #world: Pick<World, 'stdin' | 'stdout' | 'stderr' | 'clock'>
  readonly #colours: boolean
  readonly #footer: Footer
  readonly #redraw = (): void => this.#footer.redraw()
  #letGo: (() => void) | undefined
  #isWatching = false
  #complaint: AbortController | undefined

  constructor(
    world: Pick<World, 'stdin' | 'stdout' | 'stderr' | 'clock'>,
    { colours }: { readonly colours: boolean },
  ) {
    this.#world = world
    this.#colours = colours
    this.#footer = new Footer(world.stdout)
  }

  open({ toggleWatch, detach }: MenuActions): void {
    const { stdout } = this.#world
    this.#letGo = readKeys(this.#world, {
      key: (character) => {
        if (character === 'w') toggleWatch()
        if (character === 'd') detach()
        if (character === '\r' || character === '\n') this.write('stdout', '\n')
      },
      suspend: () => this.#footer.hide(),
      resume: () => this.#show(),
    })
    stdout.on('resize', this.#redraw)
    this.#show()
  }

  /** Idempotent. */
  close(): void {
    if (this.#letGo === undefined) return
    this.#complaint?.abort()
    this.#footer.hide()
    this.#world.stdout.off('resize', this.#redraw)
    this.#letGo()
    this.#letGo = undefined
  }

  set watching(isWatching: boolean) {
    this.#isWatching = isWatching
    if (this.#letGo !== undefined) this.#show()
  }

  /** Whole lines, above the menu. */
  write(stream: 'stdout' | 'stderr', text: string): void {
    if (stream === 'stdout') this.#footer.above(text)
    else this.aside(() => this.#world.stderr.write(text))
  }

  /** Lets something else write whole lines. */
  aside<Result>(write: () => Result): Result {
    return this.#footer.aside(write)
  }

  /** Says for a while why a key did nothing. */
  complain(text: string): void {
    if (this.#letGo === undefined) return
    this.#complaint?.abort()
    const over = new AbortController()
    this.#complaint = over
    this.#footer.show(text)
    this.#world.clock.sleep(complaintMs, over.signal).then(
      () => this.#show(),
      () => {},
    )
  }

  #show(): void {
    const items = [
      ['w', this.#isWatching ? 'Disable Watch' : 'Enable Watch'],
      ['d', 'Detach'],
    ] as const
    this.#footer.show(
      items
        .map(([key, what]) => (this.#colours ? `\x1b[1;7m${key}\x1b[0;2m ${what}\x1b[0m` : `${key} ${what}`))
        .join('   '),
    )
  }
}
