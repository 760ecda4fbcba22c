// A batch: the rows of one turn as columns. The tap has one Batch and refills it: everything in it is valid until the next one is asked for.

import {
  COLUMN_DURATION,
  COLUMN_FLAGS,
  COLUMN_IMAGE_NAME,
  COLUMN_KIND,
  COLUMN_LOCAL_NAME,
  COLUMN_OUTCOME,
  COLUMN_PHASE,
  COLUMN_PROCESS_ID,
  COLUMN_PROCESS_START_TIME,
  COLUMN_PROVIDER,
  COLUMN_REMOTE_NAME,
  COLUMN_RESOURCE_TYPE,
  COLUMN_RING,
  COLUMN_SEQUENCE,
  COLUMN_SESSION_ID,
  COLUMN_STATUS,
  COLUMN_THREAD_ID,
  COLUMN_TIME,
  COLUMN_TRAITS,
  LEVEL_OPERATION,
  ROWS_MAX,
} from '../../assembly/abi.ts'
import type { Core } from '../core/core.ts'
import type { Notification, Operation } from '../model/events.ts'
import { NotificationEvent, OperationEvent } from './events.ts'
import { type EventSource, plainNotification, plainOperation } from './plain.ts'
import { Cursor, type RowCursor } from './row-cursor.ts'

/**
 * Typed-array views over the core's memory, one element a row; only the first `length` are of this batch. Names are ids into
 * `Batch.strings`; equal names have equal ids as long as `Batch.epoch` stays the same.
 */
export interface Columns {
  readonly sequence: Float64Array
  /** Epoch ms. */
  readonly time: Float64Array
  /** ms; NaN where a half is missing. */
  readonly durationMs: Float64Array
  /** Epoch ms. */
  readonly processStartTime: Float64Array
  /** Raw dwOperationStatus; without meaning where `outcome` is unfinished, or in a PRE. */
  readonly status: Uint32Array
  readonly flags: Uint32Array
  /** RECORD_FLAG_* and TRAIT_*. */
  readonly traits: Uint32Array
  readonly resourceType: Uint32Array
  readonly processId: Uint32Array
  readonly threadId: Uint32Array
  readonly sessionId: Uint32Array
  readonly remoteName: Uint32Array
  readonly localName: Uint32Array
  readonly provider: Uint32Array
  readonly image: Uint32Array
  /** Index into `Batch.users`. */
  readonly user: Uint32Array
  /** 1 add, 2 cancel. */
  readonly kind: Uint8Array
  /** 1 pre, 2 post (notifications). */
  readonly phase: Uint8Array
  /** 1 succeeded, 2 failed, 3 cancelled, 4 unfinished (operations). */
  readonly outcome: Uint8Array
}

export class Batch<Event extends Operation | Notification = Operation | Notification> {
  /** Rows in this batch. */
  length = 0
  readonly columns: Columns
  /** SIDs, by the `user` column. */
  users: readonly string[] = []
  readonly #core: Core
  readonly #isOperation: boolean
  #cursor: Cursor | undefined

  constructor(core: Core, level: number) {
    const { f64, u32, u8 } = core.columns
    const number = (column: number) => f64.subarray(column * ROWS_MAX, (column + 1) * ROWS_MAX)
    const word = (column: number) => u32.subarray(column * ROWS_MAX, (column + 1) * ROWS_MAX)
    const byte = (column: number) => u8.subarray(column * ROWS_MAX, (column + 1) * ROWS_MAX)
    this.#core = core
    this.#isOperation = level === LEVEL_OPERATION
    this.columns = {
      sequence: number(COLUMN_SEQUENCE),
      time: number(COLUMN_TIME),
      durationMs: number(COLUMN_DURATION),
      processStartTime: number(COLUMN_PROCESS_START_TIME),
      status: word(COLUMN_STATUS),
      flags: word(COLUMN_FLAGS),
      traits: word(COLUMN_TRAITS),
      resourceType: word(COLUMN_RESOURCE_TYPE),
      processId: word(COLUMN_PROCESS_ID),
      threadId: word(COLUMN_THREAD_ID),
      sessionId: word(COLUMN_SESSION_ID),
      remoteName: word(COLUMN_REMOTE_NAME),
      localName: word(COLUMN_LOCAL_NAME),
      provider: word(COLUMN_PROVIDER),
      image: word(COLUMN_IMAGE_NAME),
      user: word(COLUMN_RING),
      kind: byte(COLUMN_KIND),
      phase: byte(COLUMN_PHASE),
      outcome: byte(COLUMN_OUTCOME),
    }
  }

  /** Strings by id, for the ids in this batch's columns. Absent names (id 0) are `undefined`. */
  get strings(): readonly (string | undefined)[] {
    return this.#core.strings
  }

  /** Changes when all string ids become void, which happens when the core's string table is full. */
  get epoch(): number {
    return this.#core.exports.epoch()
  }

  /** Copies the batch, so that events made from it stay valid for good. */
  detach(): EventSource {
    return { block: this.#core.columns.copy(), strings: this.strings, users: this.users }
  }

  /**
   * The cursor over this batch's rows, before the first one: `while (row.next())` goes through them. It has the fields of the events that a loop over the tap
   * yields. A tap has one cursor for all batches, and this call puts it back to the beginning (docs/batches.md). What it says is valid until its next() is
   * called; once another batch was asked for, every field throws.
   * @throws MprtapError MPRTAP_STALE_ROW, from the cursor, when it is read on no row or too late.
   */
  cursor(): RowCursor<Event> {
    this.#cursor ??= new Cursor(this.#isOperation)
    this.#cursor.begin(this.#source(), this.length)
    return this.#cursor as unknown as RowCursor<Event>
  }

  /** The batch is about to be refilled: its cursor is void. */
  pass(): void {
    this.#cursor?.pass()
  }

  #source(): EventSource {
    return { block: this.#core.columns, strings: this.strings, users: this.users }
  }

  /** A row as a plain object with every field, valid for good; absent values are `undefined`. */
  object(row: number): Event {
    const source = this.#source()
    return (this.#isOperation ? plainOperation(source, row) : plainNotification(source, row)) as Event
  }

  /** An event over detached rows. */
  event(source: EventSource, row: number): Event {
    return (this.#isOperation ? new OperationEvent(source, row) : new NotificationEvent(source, row)) as unknown as Event
  }
}
