// The rows of a batch one after the other, in one object that is used again and again. It reads the core's columns as they are, so that nothing is
// made for a row but what a field that is asked for has to make.

import { inspect } from 'node:util'
import * as abi from '../../assembly/abi.ts'
import {
  KIND_ADD,
  RECORD_FLAG_FORCE,
  RECORD_FLAG_IMPERSONATED,
  RECORD_FLAG_OWNER_WINDOW,
  RECORD_FLAG_POINTER32,
} from '../../format/layout.ts'
import { MprtapError } from '../model/errors.ts'
import type {
  Kind,
  Notification,
  Operation,
  OperationError,
  Outcome,
  Phase,
  ProcessInfo,
  ResourceType,
  TruncatedNames,
  UnreadableNames,
} from '../model/events.ts'
import type { BatchData } from './batch-data.ts'
import { eventId, idOrNone } from './event-id.ts'
import { hexadecimal, hexadecimalOfKnown } from './hexadecimal.ts'
import {
  errorOfNotification,
  errorOfOperation,
  numberOrNone,
  OUTCOMES,
  plainNotification,
  plainOperation,
  resourceTypeOf,
  truncatedNames,
  unreadableNames,
} from './plain.ts'
import { timestamp } from './timestamp.ts'

/**
 * All rows of a batch in one object (see `Batch.cursor()`): after each next() it has the fields of the next row, by the names that events have them. Strings
 * and numbers that were read off it are valid for good; the cursor itself, and its `process`, say something else after the next next(). Keep rows by
 * `Batch.object()`. Only `id`, `timestamp`, `error`, `truncated`, `unreadable` and `context` make a value when asked for; each string is decoded once for all rows that have it.
 */
export type RowCursor<Event> = Event & {
  /**
   * Goes to the next row. False after the last one: the cursor is on no row then, and reading from it throws.
   * @throws MprtapError MPRTAP_STALE_ROW when the batch has passed.
   */
  next(): boolean
}

function refuse(why: string): never {
  throw new MprtapError('MPRTAP_STALE_ROW', why)
}

/** Where a cursor points when there is nothing to read: every field looks there first, so that rows need no check of their own. */
function nowhere(why: string): BatchData {
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
    get hosts() {
      return refuse(why)
    },
    get fileIds() {
      return refuse(why)
    },
  }
}

const HAS_PASSED = 'The batch of this cursor has passed; take cursor() of each batch anew, and keep rows by object().'
const PASSED = nowhere(HAS_PASSED)
const ON_NO_ROW = nowhere('This cursor is on no row: call next() first, and read from it as long as that returns true.')

/** The process of the row that a cursor is on. */
class RowProcess implements ProcessInfo {
  #data = PASSED
  #row = 0

  moveTo(source: BatchData, row: number): void {
    this.#data = source
    this.#row = row
  }

  // <generated process>
  get id(): number {
    return this.#data.block.u32[abi.COLUMN_PROCESS_ID * abi.ROWS_MAX + this.#row]!
  }

  get threadId(): number {
    return this.#data.block.u32[abi.COLUMN_THREAD_ID * abi.ROWS_MAX + this.#row]!
  }

  get image(): string | undefined {
    return this.#data.strings[this.#data.block.u32[abi.COLUMN_IMAGE_NAME * abi.ROWS_MAX + this.#row]!]
  }

  get startTime(): number {
    return this.#data.block.f64[abi.COLUMN_PROCESS_START_TIME * abi.ROWS_MAX + this.#row]!
  }

  get bits(): 32 | 64 {
    return (this.#data.block.u32[abi.COLUMN_TRAITS * abi.ROWS_MAX + this.#row]! & RECORD_FLAG_POINTER32) !== 0 ? 32 : 64
  }

  // </generated>

  toJSON(): ProcessInfo {
    const { id, threadId, image, startTime, bits } = this
    return { id, threadId, image, startTime, bits }
  }
}

/** One class for both kinds of row: code that V8 has compiled for the one need not ask for the other. */
export class Cursor {
  readonly #isOperation: boolean
  readonly #process = new RowProcess()
  #data = PASSED
  #row = 0
  #batch = PASSED
  #rows = 0

  /** @internal */
  constructor(isOperation: boolean) {
    this.#isOperation = isOperation
  }

  /** Stands before the first row of a batch. */
  begin(batch: BatchData, rows: number): void {
    this.#batch = batch
    this.#rows = rows
    this.#moveTo(ON_NO_ROW, -1)
  }

  /** The batch has passed. */
  pass(): void {
    this.#batch = PASSED
    this.#moveTo(PASSED, -1)
  }

  next(): boolean {
    if (this.#batch === PASSED) refuse(HAS_PASSED)
    const row = Math.min(this.#row + 1, this.#rows)
    const isRow = row < this.#rows
    this.#moveTo(isRow ? this.#batch : ON_NO_ROW, row)
    return isRow
  }

  #moveTo(source: BatchData, row: number): void {
    this.#data = source
    this.#row = row
    this.#process.moveTo(source, row)
  }

  get type(): 'operation' | 'notification' {
    return this.#isOperation ? 'operation' : 'notification'
  }

  get process(): ProcessInfo {
    return this.#process
  }

  // <generated getters>
  get id(): string {
    return eventId(
      this.#data.fileIds[this.#data.block.u32[abi.COLUMN_RING * abi.ROWS_MAX + this.#row]!]!,
      this.#data.block.u32[abi.COLUMN_RING * abi.ROWS_MAX + this.#row]!,
      this.#data.block.f64[abi.COLUMN_SEQUENCE * abi.ROWS_MAX + this.#row]!,
    )
  }

  get host(): string | undefined {
    return this.#data.hosts[this.#data.block.u32[abi.COLUMN_RING * abi.ROWS_MAX + this.#row]!]
  }

  get kind(): Kind {
    return this.#data.block.u8[abi.COLUMN_KIND * abi.ROWS_MAX + this.#row]! === KIND_ADD ? 'add' : 'cancel'
  }

  get outcome(): Outcome {
    return OUTCOMES[this.#data.block.u8[abi.COLUMN_OUTCOME * abi.ROWS_MAX + this.#row]!]!
  }

  get phase(): Phase {
    return this.#data.block.u8[abi.COLUMN_PHASE * abi.ROWS_MAX + this.#row]! === abi.PHASE_PRE ? 'pre' : 'post'
  }

  get time(): number {
    return this.#data.block.f64[abi.COLUMN_TIME * abi.ROWS_MAX + this.#row]!
  }

  get timestamp(): string {
    return timestamp(
      this.#data.block.f64[abi.COLUMN_TIME * abi.ROWS_MAX + this.#row]!,
      this.#data.block.u32[abi.COLUMN_TIME_TICKS * abi.ROWS_MAX + this.#row]!,
    )
  }

  get durationMs(): number | undefined {
    return numberOrNone(this.#data.block.f64[abi.COLUMN_DURATION * abi.ROWS_MAX + this.#row]!)
  }

  get notifyStatus(): number {
    return this.#data.block.u32[abi.COLUMN_NOTIFY_STATUS * abi.ROWS_MAX + this.#row]!
  }

  get status(): number | undefined {
    return (this.#data.block.u32[abi.COLUMN_TRAITS * abi.ROWS_MAX + this.#row]! & abi.TRAIT_HAS_STATUS) !== 0
      ? this.#data.block.u32[abi.COLUMN_STATUS * abi.ROWS_MAX + this.#row]!
      : undefined
  }

  get error(): OperationError | undefined {
    return this.#isOperation ? errorOfOperation(this.#data.block, this.#row) : errorOfNotification(this.#data.block, this.#row)
  }

  get context(): string {
    return hexadecimal(
      this.#data.block.u32[abi.COLUMN_CONTEXT_HIGH * abi.ROWS_MAX + this.#row]!,
      this.#data.block.u32[abi.COLUMN_CONTEXT_LOW * abi.ROWS_MAX + this.#row]!,
    )
  }

  get remoteName(): string | undefined {
    return this.#data.strings[this.#data.block.u32[abi.COLUMN_REMOTE_NAME * abi.ROWS_MAX + this.#row]!]
  }

  get localName(): string | undefined {
    return this.#data.strings[this.#data.block.u32[abi.COLUMN_LOCAL_NAME * abi.ROWS_MAX + this.#row]!]
  }

  get provider(): string | undefined {
    return this.#data.strings[this.#data.block.u32[abi.COLUMN_PROVIDER * abi.ROWS_MAX + this.#row]!]
  }

  get flags(): number {
    return this.#data.block.u32[abi.COLUMN_FLAGS * abi.ROWS_MAX + this.#row]!
  }

  get resourceType(): ResourceType | undefined {
    return this.#data.block.u8[abi.COLUMN_KIND * abi.ROWS_MAX + this.#row]! === KIND_ADD
      ? resourceTypeOf(this.#data.block.u32[abi.COLUMN_RESOURCE_TYPE * abi.ROWS_MAX + this.#row]!)
      : undefined
  }

  get force(): boolean | undefined {
    return this.#data.block.u8[abi.COLUMN_KIND * abi.ROWS_MAX + this.#row]! === KIND_ADD
      ? undefined
      : (this.#data.block.u32[abi.COLUMN_TRAITS * abi.ROWS_MAX + this.#row]! & RECORD_FLAG_FORCE) !== 0
  }

  get ownerWindow(): boolean {
    return (this.#data.block.u32[abi.COLUMN_TRAITS * abi.ROWS_MAX + this.#row]! & RECORD_FLAG_OWNER_WINDOW) !== 0
  }

  get impersonated(): boolean {
    return (this.#data.block.u32[abi.COLUMN_TRAITS * abi.ROWS_MAX + this.#row]! & RECORD_FLAG_IMPERSONATED) !== 0
  }

  get sessionId(): number {
    return this.#data.block.u32[abi.COLUMN_SESSION_ID * abi.ROWS_MAX + this.#row]!
  }

  get logonId(): string {
    return hexadecimalOfKnown(
      this.#data.block.u32[abi.COLUMN_LOGON_ID_HIGH * abi.ROWS_MAX + this.#row]!,
      this.#data.block.u32[abi.COLUMN_LOGON_ID_LOW * abi.ROWS_MAX + this.#row]!,
    )
  }

  get user(): string {
    return this.#data.users[this.#data.block.u32[abi.COLUMN_RING * abi.ROWS_MAX + this.#row]!]!
  }

  get truncated(): TruncatedNames | undefined {
    return truncatedNames(this.#data.block, this.#row)
  }

  get unreadable(): UnreadableNames | undefined {
    return unreadableNames(this.#data.block, this.#row)
  }

  get sequence(): number {
    return this.#data.block.f64[abi.COLUMN_SEQUENCE * abi.ROWS_MAX + this.#row]!
  }

  get completes(): string | undefined {
    return idOrNone(
      this.#data.fileIds[this.#data.block.u32[abi.COLUMN_RING * abi.ROWS_MAX + this.#row]!]!,
      this.#data.block.u32[abi.COLUMN_RING * abi.ROWS_MAX + this.#row]!,
      this.#data.block.f64[abi.COLUMN_COMPLETES * abi.ROWS_MAX + this.#row]!,
    )
  }

  // </generated>

  /** The row as a plain object. */
  toJSON(): Operation | Notification {
    return this.#isOperation ? plainOperation(this.#data, this.#row) : plainNotification(this.#data, this.#row)
  }

  [inspect.custom](): Operation | Notification {
    return this.toJSON()
  }
}
