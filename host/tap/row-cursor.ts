// The rows of a batch one after the other, in one object that is used again and again. It reads the core's columns as they are, with the same
// getters as events, so that nothing is made for a row but what a field that is asked for has to make.

import {
  COLUMN_IMAGE_NAME,
  COLUMN_PROCESS_ID,
  COLUMN_PROCESS_START_TIME,
  COLUMN_THREAD_ID,
  COLUMN_TRAITS,
  ROWS_MAX,
} from '../../assembly/abi.ts'
import { RECORD_FLAG_POINTER32 } from '../../format/layout.ts'
import { MprtapError } from '../api/errors.ts'
import type { ProcessInfo } from '../api/types.ts'
import { type EventBase, NotificationEvent, OperationEvent } from './events.ts'
import type { EventSource } from './plain.ts'

/**
 * All rows of a batch in one object (see `Batch.cursor()`): after each next() it has the fields of the next row, by the names that events have them. Strings
 * and numbers that were read off it are valid for good; the cursor itself, and its `process`, say something else after the next next(). Keep rows by
 * `Batch.object()`. Only `error`, `truncated`, `unreadable` and `context` make a value when asked for; each string is decoded once for all rows that have it.
 */
export type RowCursor<Event> = Event & {
  /**
   * Goes to the next row. False behind the last one; the cursor is on no row then, and reading from it throws.
   * @throws MprtapError MPRTAP_STALE_ROW when the batch has passed.
   */
  next(): boolean
}

/** What a batch does with its cursor, whichever kind of event that has. */
export interface AnyCursor {
  begin(source: EventSource, rows: number): void
  pass(): void
}

function refuse(why: string): never {
  throw new MprtapError('MPRTAP_STALE_ROW', why)
}

/** Where a cursor points when there is nothing to read: every field looks there first, so that rows need no check of their own. */
function nowhere(why: string): EventSource {
  return {
    get block() {
      return refuse(why)
    },
    get strings() {
      return refuse(why)
    },
    get users() {
      return refuse(why)
    },
  }
}

const HAS_PASSED = 'The batch of this cursor has passed; take cursor() of each batch anew, and keep rows by object().'
const PASSED = nowhere(HAS_PASSED)
const ON_NO_ROW = nowhere('This cursor is on no row: call next() first, and read from it as long as that returns true.')

/** The process of the row that a cursor is on. */
class RowProcess implements ProcessInfo {
  #source = PASSED
  #row = 0

  moveTo(source: EventSource, row: number): void {
    this.#source = source
    this.#row = row
  }

  #word(column: number): number {
    return this.#source.block.u32[column * ROWS_MAX + this.#row]!
  }

  get id(): number {
    return this.#word(COLUMN_PROCESS_ID)
  }

  get threadId(): number {
    return this.#word(COLUMN_THREAD_ID)
  }

  get image(): string | undefined {
    return this.#source.strings[this.#word(COLUMN_IMAGE_NAME)]
  }

  get startTime(): number {
    return this.#source.block.f64[COLUMN_PROCESS_START_TIME * ROWS_MAX + this.#row]!
  }

  get bits(): 32 | 64 {
    return (this.#word(COLUMN_TRAITS) & RECORD_FLAG_POINTER32) !== 0 ? 32 : 64
  }

  toJSON(): ProcessInfo {
    const { id, threadId, image, startTime, bits } = this
    return { id, threadId, image, startTime, bits }
  }
}

/** An event that moves. */
function cursorOver(Event: new (source: EventSource, row: number) => EventBase): new () => EventBase & AnyCursor {
  return class extends Event implements AnyCursor {
    readonly #process = new RowProcess()
    #batch = PASSED
    #row = 0
    #rows = 0

    constructor() {
      super(PASSED, 0)
    }

    begin(source: EventSource, rows: number): void {
      this.#batch = source
      this.#row = -1
      this.#rows = rows
      this.moveTo(ON_NO_ROW, 0)
    }

    pass(): void {
      this.begin(PASSED, 0)
      this.moveTo(PASSED, 0)
    }

    next(): boolean {
      if (this.#batch === PASSED) refuse(HAS_PASSED)
      this.#row = Math.min(this.#row + 1, this.#rows)
      const isRow = this.#row < this.#rows
      this.moveTo(isRow ? this.#batch : ON_NO_ROW, this.#row)
      return isRow
    }

    protected override moveTo(source: EventSource, row: number): void {
      super.moveTo(source, row)
      this.#process.moveTo(source, row)
    }

    override get process(): ProcessInfo {
      return this.#process
    }
  }
}

export const OperationCursor = cursorOver(OperationEvent)
export const NotificationCursor = cursorOver(NotificationEvent)
