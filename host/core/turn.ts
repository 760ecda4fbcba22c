import {
  TURN_ABANDONED,
  TURN_CORRUPT,
  TURN_DELIVERED,
  TURN_EPOCH,
  TURN_FAULTS,
  TURN_FILTERED,
  TURN_FIRST_TIME,
  TURN_GAVE_UP,
  TURN_HEAD,
  TURN_LAST_TIME,
  TURN_LATE,
  TURN_LOSSES,
  TURN_LOST,
  TURN_NEW_STRINGS,
  TURN_NEXT,
  TURN_NEXT_TIME,
  TURN_NUMBERS,
  TURN_OFFSET,
  TURN_OVERRUN,
  TURN_PENDING,
  TURN_PLANNED,
  TURN_READ_AT,
  TURN_REWINDS,
  TURN_ROWS,
  TURN_SEQUENCE,
  TURN_START,
  TURN_START_TOTAL,
} from '../../assembly/abi.ts'

/** A ring's account since it was opened (RING.md section 6). Numbers of records, unless something else is said. */
export interface Account {
  /** The sequence that is read next. */
  readonly next: number
  /** The sequence that is claimed next, as far as is known. */
  readonly head: number
  readonly delivered: number
  readonly overrun: number
  readonly abandoned: number
  /** Committed after they were abandoned; a part of `abandoned`. */
  readonly late: number
  readonly corrupt: number
  /** head - next. */
  readonly pending: number
  /** Times that the ring was set back or its head jumped, and a new account began. */
  readonly rewinds: number
  /** Notifications that its writers gave up, and that they cut short by their exception guard, since the ring was made. */
  readonly gaveUp: number
  readonly faults: number
  /** Passed over without a loss, because the source left them out on purpose. */
  readonly filtered: number
  /** By the clock that plan() was given, ms: everything that the ring had been promised until then was read. Infinity once it is closed. */
  readonly readAt: number
  /** Where the account began, and what it had come to: delivered + lost + filtered - startTotal = next - start. */
  readonly start: number
  readonly startTotal: number
}

/**
 * What the core's last step came to, read from the core's memory: each getter is one load. The account is that of the ring which the last
 * plan(), take(), openRing() or account() was about.
 */
export class Turn implements Account {
  readonly #numbers: Float64Array

  constructor(memory: ArrayBuffer, address: number) {
    this.#numbers = new Float64Array(memory, address, TURN_NUMBERS)
  }

  /** Slots that have to be copied into the window before take(); PLAN_* if the ring cannot be read. */
  get planned(): number {
    return this.#numbers[TURN_PLANNED]!
  }

  /** The sequence of the first planned slot. */
  get sequence(): number {
    return this.#numbers[TURN_SEQUENCE]!
  }

  /** Where the planned slots begin in the ring's file, bytes. */
  get offset(): number {
    return this.#numbers[TURN_OFFSET]!
  }

  /** Rows of the batch. */
  get rows(): number {
    return this.#numbers[TURN_ROWS]!
  }

  /** When it changes, every string id from before is void. */
  get epoch(): number {
    return this.#numbers[TURN_EPOCH]!
  }

  /** Strings that this batch is the first of the epoch to use. */
  get newStrings(): number {
    return this.#numbers[TURN_NEW_STRINGS]!
  }

  /** Records that were lost since plan() began. */
  get lost(): number {
    return this.#numbers[TURN_LOST]!
  }

  /** Runs of them; `core.losses()` has them. */
  get losses(): number {
    return this.#numbers[TURN_LOSSES]!
  }

  /** When the first and the last record that take() delivered were written, epoch ms; NaN: it delivered none. */
  get firstTime(): number {
    return this.#numbers[TURN_FIRST_TIME]!
  }

  get lastTime(): number {
    return this.#numbers[TURN_LAST_TIME]!
  }

  /** After limit(): when the first record that is not taken was written, ticks since ORDER_EPOCH; NaN: that cannot be told. */
  get nextTime(): number {
    return this.#numbers[TURN_NEXT_TIME]!
  }

  get next(): number {
    return this.#numbers[TURN_NEXT]!
  }

  get head(): number {
    return this.#numbers[TURN_HEAD]!
  }

  get delivered(): number {
    return this.#numbers[TURN_DELIVERED]!
  }

  get overrun(): number {
    return this.#numbers[TURN_OVERRUN]!
  }

  get abandoned(): number {
    return this.#numbers[TURN_ABANDONED]!
  }

  get late(): number {
    return this.#numbers[TURN_LATE]!
  }

  get corrupt(): number {
    return this.#numbers[TURN_CORRUPT]!
  }

  get pending(): number {
    return this.#numbers[TURN_PENDING]!
  }

  get rewinds(): number {
    return this.#numbers[TURN_REWINDS]!
  }

  get gaveUp(): number {
    return this.#numbers[TURN_GAVE_UP]!
  }

  get faults(): number {
    return this.#numbers[TURN_FAULTS]!
  }

  get filtered(): number {
    return this.#numbers[TURN_FILTERED]!
  }

  get readAt(): number {
    return this.#numbers[TURN_READ_AT]!
  }

  get start(): number {
    return this.#numbers[TURN_START]!
  }

  get startTotal(): number {
    return this.#numbers[TURN_START_TOTAL]!
  }
}
