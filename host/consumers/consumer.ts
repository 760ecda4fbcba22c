// A named consumer: knows what of the tap's events has been taken note of, and saves it, so that the next tap of this name goes on from there.

import { ALL_ROWS } from '../../assembly/abi.ts'
import type { Position } from '../model/checkpoint.ts'
import type { Clock, Timer } from '../model/clock.ts'
import { MprtapError } from '../model/errors.ts'
import type { Reader } from '../reading/reader.ts'
import { type CursorPlace, openCursorPlace } from './cursor-directory.ts'
import { cursorText, readCursorFile, replaceFile } from './cursor-file.ts'

/** How often the cursor is saved while it moves, ms. */
const SAVE_MS = 1000

/** Which consumer, and where its cursor is kept if not in the usual place. */
export interface ConsumerSettings {
  readonly name: string
  readonly directory: string | undefined
}

/** Rows of the last batch that count as delivered: those before the one in hand, or, in the end, that one too. */
type Acknowledged = (atTheEnd: boolean) => number
const ALL: Acknowledged = () => ALL_ROWS
const NONE: Acknowledged = () => 0

/** The cursors of all rings, `rows` rows into the last batch, which came from `reader` (or from several rings). */
type CursorsAt = (rows: number, reader: Reader | undefined) => Position[]

export class Consumer {
  readonly #name: string
  readonly #place: CursorPlace
  readonly #path: string
  readonly #onDiagnostic: (text: string) => void
  /** By path: what the file held, then what was saved last. Rings that are not there at present keep their place. */
  readonly #cursors: Map<string, Position>
  #cursorsAt: CursorsAt = () => []
  #acknowledged = ALL
  #reader: Reader | undefined
  #saved = ''
  #saving: Promise<void> = Promise.resolve()
  #fault = ''
  #timer: Timer | undefined
  readonly #clock: Clock
  #finished: Promise<void> | undefined

  /** @throws MprtapError MPRTAP_CONSUMER when another tap has this name, or its cursor cannot be read or kept. */
  constructor({ name, directory }: ConsumerSettings, folder: string | undefined, onDiagnostic: (text: string) => void, clock: Clock) {
    this.#clock = clock
    this.#name = name
    this.#onDiagnostic = onDiagnostic
    this.#place = openCursorPlace(name, directory, folder)
    this.#path = `${this.#place.stem}.json`
    try {
      this.#cursors = new Map(readCursorFile(this.#path, onDiagnostic).map((cursor) => [cursor.path, cursor]))
    } catch (error) {
      this.#place.lock.release()
      throw error
    }
  }

  /** Where the consumer stood in a ring when it was saved last. */
  cursor(path: string): Position | undefined {
    return this.#cursors.get(path)
  }

  /** From now on the cursor is saved while it moves. */
  start(cursorsAt: CursorsAt): void {
    this.#cursorsAt = cursorsAt
    this.#timer = this.#clock.timer(this.#saveNow, SAVE_MS, { idle: true })
  }

  /** The next batch was asked for, so all of the last one is delivered. */
  asks(): void {
    this.#acknowledged = ALL
  }

  /** A batch was made and nothing of it handed out. */
  took(reader: Reader | undefined): void {
    this.#acknowledged = NONE
    this.#reader = reader
  }

  /** Rows are handed out: `count()` so far, the last `inHand` of which are delivered only when more is asked for, or in the end. */
  handsOut(count: () => number, inHand: number): void {
    this.#acknowledged = (atTheEnd) => (atTheEnd ? count() : Math.max(count() - inHand, 0))
  }

  get hasInHand(): boolean {
    return this.#acknowledged(true) !== this.#acknowledged(false)
  }

  /**
   * Saves for the last time and lets go of the name.
   * @throws MprtapError MPRTAP_CONSUMER when it cannot be saved.
   */
  finish(): Promise<void> {
    this.#finished ??= this.#finish()
    return this.#finished
  }

  /** Lets go of the name without saving. */
  abandon(): void {
    this.#timer?.stop()
    this.#place.lock.release()
  }

  async #finish(): Promise<void> {
    this.#timer?.stop()
    try {
      await this.#save(true)
    } finally {
      this.abandon()
    }
  }

  readonly #saveNow = () => {
    this.#timer?.again(SAVE_MS)
    void this.#save(false).catch(this.tell)
  }

  /** Tells of a fault once. */
  readonly tell = (error: Error) => {
    if (error.message !== this.#fault) this.#onDiagnostic(error.message)
    this.#fault = error.message
  }

  /** What is saved is fixed when this is called; saves follow each other. */
  #save(atTheEnd: boolean): Promise<void> {
    for (const cursor of this.#cursorsAt(this.#acknowledged(atTheEnd), this.#reader)) this.#cursors.set(cursor.path, cursor)
    const text = cursorText(this.#name, [...this.#cursors.values()])
    this.#saving = this.#saving.catch(() => {}).then(() => this.#write(text))
    return this.#saving
  }

  async #write(text: string): Promise<void> {
    if (text === this.#saved) return
    try {
      await replaceFile(this.#path, text)
      this.#saved = text
      this.#fault = ''
    } catch (cause) {
      const { code, message } = cause as NodeJS.ErrnoException
      const what = `The cursor of consumer "${this.#name}" cannot be saved in ${this.#path} (${code ?? message})`
      throw new MprtapError('MPRTAP_CONSUMER', `${what}; what is delivered meanwhile will be delivered again after a restart.`, { cause })
    }
  }
}
