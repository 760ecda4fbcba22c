// The rows of a batch one after the other, in one object that is used again and again. It reads the core's columns as they are, so that nothing is
// made for a row but what a field that is asked for has to make.

import { inspect } from 'node:util'
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
import * as fields from './fields.ts'
import { plainNotification, plainOperation, truncatedNames, unreadableNames } from './plain.ts'

/**
 * All rows of a batch in one object (see `Batch.cursor()`): after each next() it has the fields of the next row, by the names that events have them. Strings
 * and numbers that were read off it are valid for good; the cursor itself, and its `process`, say something else after the next next(). Keep rows by
 * `Batch.object()`. Only `id`, `error`, `truncated`, `unreadable` and `context` make a value when asked for; each string is decoded once for all rows that have it.
 */
export type RowCursor<Event> = Event & {
  /**
   * Goes to the next row. False behind the last one; the cursor is on no row then, and reading from it throws.
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
  #source = PASSED
  #row = 0

  moveTo(source: BatchData, row: number): void {
    this.#source = source
    this.#row = row
  }

  get id(): number {
    return fields.processId(this.#source, this.#row)
  }

  get threadId(): number {
    return fields.threadId(this.#source, this.#row)
  }

  get image(): string | undefined {
    return fields.image(this.#source, this.#row)
  }

  get startTime(): number {
    return fields.startTime(this.#source, this.#row)
  }

  get bits(): 32 | 64 {
    return fields.bits(this.#source, this.#row)
  }

  toJSON(): ProcessInfo {
    const { id, threadId, image, startTime, bits } = this
    return { id, threadId, image, startTime, bits }
  }
}

/** One class for both kinds of row: code that V8 has compiled for the one need not ask for the other. */
export class Cursor {
  readonly #isOperation: boolean
  readonly #process = new RowProcess()
  #source = PASSED
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

  /** The batch is no more what it was. */
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
    this.#source = source
    this.#row = row
    this.#process.moveTo(source, row)
  }

  get type(): 'operation' | 'notification' {
    return this.#isOperation ? 'operation' : 'notification'
  }

  get id(): string {
    return fields.id(this.#source, this.#row)
  }

  get host(): string | undefined {
    return fields.host(this.#source, this.#row)
  }

  get kind(): Kind {
    return fields.kind(this.#source, this.#row)
  }

  get time(): number {
    return fields.time(this.#source, this.#row)
  }

  get remoteName(): string | undefined {
    return fields.remoteName(this.#source, this.#row)
  }

  get localName(): string | undefined {
    return fields.localName(this.#source, this.#row)
  }

  get provider(): string | undefined {
    return fields.provider(this.#source, this.#row)
  }

  get flags(): number {
    return fields.flags(this.#source, this.#row)
  }

  get resourceType(): ResourceType | undefined {
    return fields.resourceType(this.#source, this.#row)
  }

  get force(): boolean | undefined {
    return fields.force(this.#source, this.#row)
  }

  get ownerWindow(): boolean {
    return fields.ownerWindow(this.#source, this.#row)
  }

  get process(): ProcessInfo {
    return this.#process
  }

  get sessionId(): number {
    return fields.sessionId(this.#source, this.#row)
  }

  get logonId(): string {
    return fields.logonId(this.#source, this.#row)
  }

  get user(): string {
    return fields.user(this.#source, this.#row)
  }

  get status(): number | undefined {
    return fields.status(this.#source, this.#row)
  }

  get sequence(): number {
    return fields.sequence(this.#source, this.#row)
  }

  get error(): OperationError | undefined {
    return (this.#isOperation ? fields.errorOfOperation : fields.errorOfNotification)(this.#source, this.#row)
  }

  get truncated(): TruncatedNames | undefined {
    return truncatedNames(this.#source.block, this.#row)
  }

  get unreadable(): UnreadableNames | undefined {
    return unreadableNames(this.#source.block, this.#row)
  }

  // Of operations only.

  get outcome(): Outcome {
    return fields.outcome(this.#source, this.#row)
  }

  get durationMs(): number | undefined {
    return fields.durationMs(this.#source, this.#row)
  }

  get completes(): string | undefined {
    return undefined
  }

  // Of notifications only.

  get phase(): Phase {
    return fields.phase(this.#source, this.#row)
  }

  get notifyStatus(): number {
    return fields.notifyStatus(this.#source, this.#row)
  }

  get context(): string {
    return fields.context(this.#source, this.#row)
  }

  /** The row as a plain object. */
  toJSON(): Operation | Notification {
    return this.#isOperation ? plainOperation(this.#source, this.#row) : plainNotification(this.#source, this.#row)
  }

  [inspect.custom](): Operation | Notification {
    return this.toJSON()
  }
}
