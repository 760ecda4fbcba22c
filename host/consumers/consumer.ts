// A named consumer: knows which of the tap's events were acknowledged, and saves it, so that the next tap of this name goes on from there.

import { resolve } from 'node:path'
import type { Position } from '../model/checkpoint.ts'
import type { Clock, Timer } from '../model/clock.ts'
import type { Tell } from '../model/diagnostic.ts'
import { MprtapError } from '../model/errors.ts'
import type { Reader } from '../reading/reader.ts'
import { ALL_ROWS } from '../reading/source-set.ts'
import { checkpointText, readCheckpointFile, replaceFile } from './checkpoint-file.ts'
import { type CheckpointPlace, openCheckpointPlace } from './checkpoint-folder.ts'

/** How often the position is saved while it moves, ms. */
const SAVE_MS = 1000

/** Which consumer, and where its position is kept if not in the usual place. */
export interface ConsumerSettings {
  readonly name: string
  readonly checkpointFolder: string | undefined
}

/** Rows of the last batch that count as delivered: those before the one in hand, or, in the end, that one too. */
type Acknowledged = (atTheEnd: boolean) => number
const ALL: Acknowledged = () => ALL_ROWS
const NONE: Acknowledged = () => 0

/** The positions of all rings, `rows` rows into the last batch, which came from `reader` (or from several rings). */
type PositionsAt = (rows: number, reader: Reader | undefined) => Position[]

/** A batch that was handed out. */
interface Delivery {
  isAcknowledged: boolean
  /** Where its rings stood before it, once another batch was made. */
  before: readonly Position[]
}

export class Consumer {
  readonly #name: string
  readonly #place: CheckpointPlace
  readonly #path: string
  readonly #onDiagnostic: Tell
  /** By path: what the file held, then what was saved last. Rings that are not there at present keep their place. */
  readonly #positions: Map<string, Position>
  #positionsAt: PositionsAt = () => []
  #acknowledged = ALL
  /** The batch that was handed out last, and those before it that are not acknowledged, the oldest first. */
  #last: Delivery | undefined
  readonly #inFlight = new Set<Delivery>()
  #reader: Reader | undefined
  #saved = ''
  #saving: Promise<void> = Promise.resolve()
  #fault = ''
  #timer: Timer | undefined
  readonly #clock: Clock
  #finished: Promise<void> | undefined

  /** @throws MprtapError MPRTAP_CONSUMER when another tap has this name, or its position cannot be read or kept. */
  constructor({ name, checkpointFolder }: ConsumerSettings, folder: string | undefined, onDiagnostic: Tell, clock: Clock) {
    this.#clock = clock
    this.#name = name
    this.#onDiagnostic = onDiagnostic
    this.#place = openCheckpointPlace(name, checkpointFolder, folder)
    this.#path = `${this.#place.stem}.json`
    try {
      this.#positions = new Map(readCheckpointFile(this.#path, onDiagnostic).map((position) => [position.path, position]))
    } catch (error) {
      this.#place.lock.release()
      throw error
    }
  }

  /** Where the consumer stood in a ring when it was saved last. */
  position(path: string): Position | undefined {
    return this.#positions.get(path)
  }

  /** From now on the position is saved while it moves. */
  start(positionsAt: PositionsAt): void {
    this.#positionsAt = positionsAt
    this.#timer = this.#clock.timer(this.#saveNow, SAVE_MS, { idle: true })
  }

  /** The next batch was asked for. In a loop over events, the last batch is delivered then; in a loop over batches, when it is acknowledged. */
  asks(): void {
    const last = this.#last
    if (last && !last.isAcknowledged) {
      last.before = this.#positionsAt(0, this.#reader).filter(
        ({ path }) => this.#reader === undefined || this.#reader.source?.name === undefined || path === resolve(this.#reader.source.name),
      )
      this.#inFlight.add(last)
    }
    this.#last = undefined
    this.#acknowledged = ALL
  }

  /** A batch is handed out as a whole. Returns what acknowledges it: at once, later, or out of order. */
  handsOutBatch(): () => void {
    const delivery: Delivery = { isAcknowledged: false, before: [] }
    this.#last = delivery
    this.#acknowledged = () => (delivery.isAcknowledged ? ALL_ROWS : 0)
    return () => {
      delivery.isAcknowledged = true
      this.#inFlight.delete(delivery)
    }
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
    return this.#inFlight.size > 0 || this.#last?.isAcknowledged === false || this.#acknowledged(true) !== this.#acknowledged(false)
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

  /** Reports a fault, once. */
  readonly tell = (error: Error) => {
    if (error.message !== this.#fault) this.#onDiagnostic({ code: 'checkpoint-unsaved', path: this.#path, text: error.message })
    this.#fault = error.message
  }

  /** Saves the state at the time of the call; saves follow each other. */
  #save(atTheEnd: boolean): Promise<void> {
    for (const position of this.#positionsAt(this.#acknowledged(atTheEnd), this.#reader)) this.#positions.set(position.path, position)
    // The lowest gap of each ring: records above it that were acknowledged are read again with it.
    const gaps = [...this.#inFlight].reverse()
    for (const { before } of gaps) for (const position of before) this.#positions.set(position.path, position)
    const text = checkpointText(this.#name, [...this.#positions.values()])
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
      const what = `The checkpoint of consumer "${this.#name}" cannot be saved in ${this.#path} (${code ?? message})`
      throw new MprtapError('MPRTAP_CONSUMER', `${what}; what is delivered meanwhile will be delivered again after a restart.`, { cause })
    }
  }
}
