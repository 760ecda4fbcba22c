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
import { MprtapError } from '../model/errors.ts'
import type { Notification, Operation } from '../model/events.ts'
import type { BatchData } from './batch-data.ts'
import { plainNotification, plainOperation } from './plain.ts'
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
  /** By the `user` column, that is by ring number: SID of the ring's owner, */
  users: readonly string[] = []
  /** the machine that it comes from (`undefined`: this one), */
  hosts: readonly (string | undefined)[] = []
  /** and its ring file id, 16 hexadecimal digits: with the `sequence` column the id of an event. */
  fileIds: readonly string[] = []
  readonly #core: Core
  readonly #isOperation: boolean
  #cursor: Cursor | undefined

  /** @internal */
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
    return this.#core.turn.epoch
  }

  /**
   * The cursor over this batch's rows, before the first one: `while (row.next())` goes through them. It has the fields of the events that a loop over the tap
   * yields. A tap has one cursor for all batches, and this call puts it back to the beginning (docs/batches.md). What it says is valid until its next() is
   * called; once another batch was asked for, every field throws.
   * @throws MprtapError MPRTAP_STALE_ROW, from the cursor, when it is read on no row or too late.
   */
  cursor(): RowCursor<Event> {
    this.#cursor ??= new Cursor(this.#isOperation)
    this.#cursor.begin(this.#data(), this.length)
    return this.#cursor as unknown as RowCursor<Event>
  }

  /** The batch is about to be refilled: its cursor is void. */
  pass(): void {
    this.#cursor?.pass()
  }

  #data(): BatchData {
    const { strings, users, hosts, fileIds } = this
    return { block: this.#core.columns, strings, users, hosts, fileIds }
  }

  /**
   * A row as a plain object with every field, valid for good; absent values are `undefined`.
   * @throws MprtapError MPRTAP_INVALID_ARGUMENT when the batch has no such row.
   */
  object(row: number): Event {
    if (!(Number.isInteger(row) && row >= 0 && row < this.length)) {
      throw new MprtapError(
        'MPRTAP_INVALID_ARGUMENT',
        `This batch has ${this.length} rows, counted from 0; there is no row ${String(row)}.`,
      )
    }
    const data = this.#data()
    return (this.#isOperation ? plainOperation(data, row) : plainNotification(data, row)) as Event
  }

  /** All rows as plain objects, the same that a loop over the tap yields; valid for good. */
  objects(): Event[] {
    const data = this.#data()
    const objects = new Array<Operation | Notification>(this.length)
    if (this.#isOperation) for (let row = 0; row < objects.length; row++) objects[row] = plainOperation(data, row)
    else for (let row = 0; row < objects.length; row++) objects[row] = plainNotification(data, row)
    return objects as Event[]
  }
}
