// All escape sequences that draw a screen. The alternate screen is entered once, not for each frame: Windows Terminal flashes otherwise.

const ENTER = '\x1b[?1049h\x1b[?25l\x1b[2J'
const LEAVE = '\x1b[?25h\x1b[?1049l'
/** Between these two a terminal that knows them shows nothing half drawn; others pass them by. */
const BEGIN_FRAME = '\x1b[?2026h'
const END_FRAME = '\x1b[?2026l'
const CLEAR = '\x1b[2J'
const at = (line: number) => `\x1b[${line + 1};1H`
const CLEAR_REST = '\x1b[K'
const RESET = '\x1b[0m'
/** Back to the beginning of the line, and nothing in it. */
export const CLEAR_LINE = `\r${CLEAR_REST}`

/** A terminal as a grid of lines. Only lines that have changed are written. */
export class Screen {
  readonly #write: (text: string) => void
  #drawn: string[] = []
  #isOpen = false

  constructor(write: (text: string) => void) {
    this.#write = write
  }

  open(): void {
    this.#isOpen = true
    this.#write(ENTER)
  }

  draw(lines: readonly string[]): void {
    if (!this.#isOpen) return
    const changed = lines.flatMap((line, i) => (line === this.#drawn[i] ? [] : [at(i) + line + RESET + CLEAR_REST]))
    this.#drawn = [...lines]
    if (changed.length > 0) this.#write(BEGIN_FRAME + changed.join('') + END_FRAME)
  }

  /** After the terminal got another size: everything is drawn anew. */
  forget(): void {
    this.#drawn = []
    if (this.#isOpen) this.#write(CLEAR)
  }

  /** Gives the terminal back as it was. */
  close(): void {
    if (!this.#isOpen) return
    this.#isOpen = false
    this.#write(LEAVE)
  }
}
