// A batch: the rows of one turn as columns. The tap has one Batch and refills it: everything in it is valid until the next one is asked for.

import { LEVEL_OPERATION } from '../../assembly/abi.ts'
import type { Core } from '../core/core.ts'
import { MprtapError } from '../model/errors.ts'
import type { Notification, Operation } from '../model/events.ts'
import type { BatchData } from './batch-data.ts'
import { type Columns, columnsOf } from './columns.ts'
import { plainNotification, plainOperation } from './plain.ts'
import { Cursor, type RowCursor } from './row-cursor.ts'

/** The rows of one turn as columns, with the strings and identities that belong to them. All of it is valid until the next batch is asked for. */
export interface Batch<Event extends Operation | Notification = Operation | Notification> {
  /** Rows in this batch. */
  readonly length: number
  readonly columns: Columns
  /** By the `user` column, that is by ring number: SID of the ring's owner, */
  readonly users: readonly string[]
  /** the machine that it comes from (`undefined`: this one), */
  readonly hosts: readonly (string | undefined)[]
  /** and its ring file id, 16 hexadecimal digits: with the `sequence` column the id of an event. */
  readonly fileIds: readonly string[]
  /** Strings by id, for the ids in this batch's columns. Absent names (id 0) are `undefined`. */
  readonly strings: readonly (string | undefined)[]
  /** Changes when all string ids become void, which happens when the core's string table is full. */
  readonly epoch: number
  /**
   * Tells a named consumer that this batch is kept, so that it is not read again after a restart. It belongs to this batch for good: take it off the batch
   * (`const { acknowledge } = batch`) to call it after the next one was asked for. Without a consumer it does nothing.
   */
  readonly acknowledge: () => void
  /**
   * The cursor over this batch's rows, before the first one: `while (row.next())` goes through them. It has the fields of the events that a loop over the tap
   * yields. A tap has one cursor for all batches, and this call puts it back to the beginning (docs/batches.md). What it says is valid until its next() is
   * called; once another batch was asked for, every field throws.
   * @throws MprtapError MPRTAP_STALE_ROW, from the cursor, when it is read on no row or too late.
   */
  cursor(): RowCursor<Event>
  /**
   * A row as a plain object with every field, valid for good; absent values are `undefined`.
   * @throws MprtapError MPRTAP_INVALID_ARGUMENT when the batch has no such row.
   */
  object(row: number): Event
  /** All rows as plain objects, the same that a loop over the tap yields; valid for good. */
  objects(): Event[]
}

export class OpenedBatch<Event extends Operation | Notification = Operation | Notification> implements Batch<Event> {
  length = 0
  readonly columns: Columns
  users: readonly string[] = []
  hosts: readonly (string | undefined)[] = []
  fileIds: readonly string[] = []
  acknowledge: () => void = () => {}
  readonly #core: Core
  readonly #isOperation: boolean
  #cursor: Cursor | undefined

  constructor(core: Core, level: number) {
    this.#core = core
    this.#isOperation = level === LEVEL_OPERATION
    this.columns = columnsOf(core.columns)
  }

  get strings(): readonly (string | undefined)[] {
    return this.#core.strings
  }

  get epoch(): number {
    return this.#core.turn.epoch
  }

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

  objects(): Event[] {
    const data = this.#data()
    const objects = new Array<Operation | Notification>(this.length)
    if (this.#isOperation) for (let row = 0; row < objects.length; row++) objects[row] = plainOperation(data, row)
    else for (let row = 0; row < objects.length; row++) objects[row] = plainNotification(data, row)
    return objects as Event[]
  }
}
