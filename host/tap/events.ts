// Operations and notifications as objects: one class each, one shape, fields read from the columns when asked for.

import { inspect } from 'node:util'
import {
  COLUMN_CONTEXT_HIGH,
  COLUMN_CONTEXT_LOW,
  COLUMN_DURATION,
  COLUMN_FLAGS,
  COLUMN_IMAGE_NAME,
  COLUMN_KIND,
  COLUMN_LOCAL_NAME,
  COLUMN_LOGON_ID_HIGH,
  COLUMN_LOGON_ID_LOW,
  COLUMN_NOTIFY_STATUS,
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
  OUTCOME_CANCELLED,
  OUTCOME_FAILED,
  PHASE_PRE,
  ROWS_MAX,
  TRAIT_HAS_STATUS,
} from '../../assembly/abi.ts'
import { KIND_ADD, RECORD_FLAG_FORCE, RECORD_FLAG_OWNER_WINDOW, RECORD_FLAG_POINTER32 } from '../../format/layout.ts'
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
} from '../api/types.ts'
import { outcomeOf } from '../win32/status.ts'
import { hexadecimal, hexadecimalOfKnown } from './hexadecimal.ts'
import {
  type EventSource,
  errorOf,
  OUTCOMES,
  plainNotification,
  plainOperation,
  RESOURCE_TYPES,
  truncatedNames,
  unreadableNames,
} from './plain.ts'

/** Fields that are the same for both kinds of event. Getters, so that what is not read costs nothing. */
export abstract class EventBase {
  #source: EventSource
  #row: number

  constructor(source: EventSource, row: number) {
    this.#source = source
    this.#row = row
  }

  /** Events stay where they are; what goes from row to row is a cursor (row-cursor.ts). */
  protected moveTo(source: EventSource, row: number): void {
    this.#source = source
    this.#row = row
  }

  protected number(column: number): number {
    return this.#source.block.f64[column * ROWS_MAX + this.#row]!
  }

  protected word(column: number): number {
    return this.#source.block.u32[column * ROWS_MAX + this.#row]!
  }

  protected byte(column: number): number {
    return this.#source.block.u8[column * ROWS_MAX + this.#row]!
  }

  protected string(column: number): string | undefined {
    return this.#source.strings[this.word(column)]
  }

  get kind(): Kind {
    return this.byte(COLUMN_KIND) === KIND_ADD ? 'add' : 'cancel'
  }

  get time(): number {
    return this.number(COLUMN_TIME)
  }

  get remoteName(): string | undefined {
    return this.string(COLUMN_REMOTE_NAME)
  }

  get localName(): string | undefined {
    return this.string(COLUMN_LOCAL_NAME)
  }

  get provider(): string | undefined {
    return this.string(COLUMN_PROVIDER)
  }

  get flags(): number {
    return this.word(COLUMN_FLAGS)
  }

  get resourceType(): ResourceType | undefined {
    if (this.byte(COLUMN_KIND) !== KIND_ADD) return undefined
    const type = this.word(COLUMN_RESOURCE_TYPE)
    return RESOURCE_TYPES[type] ?? type
  }

  get force(): boolean | undefined {
    return this.byte(COLUMN_KIND) === KIND_ADD ? undefined : (this.word(COLUMN_TRAITS) & RECORD_FLAG_FORCE) !== 0
  }

  get ownerWindow(): boolean {
    return (this.word(COLUMN_TRAITS) & RECORD_FLAG_OWNER_WINDOW) !== 0
  }

  get process(): ProcessInfo {
    return {
      id: this.word(COLUMN_PROCESS_ID),
      threadId: this.word(COLUMN_THREAD_ID),
      image: this.string(COLUMN_IMAGE_NAME),
      startTime: this.number(COLUMN_PROCESS_START_TIME),
      bits: (this.word(COLUMN_TRAITS) & RECORD_FLAG_POINTER32) !== 0 ? 32 : 64,
    }
  }

  get sessionId(): number {
    return this.word(COLUMN_SESSION_ID)
  }

  get logonId(): string {
    return hexadecimalOfKnown(this.word(COLUMN_LOGON_ID_HIGH), this.word(COLUMN_LOGON_ID_LOW))
  }

  get user(): string {
    return this.#source.users[this.word(COLUMN_RING)]!
  }

  get status(): number | undefined {
    return (this.word(COLUMN_TRAITS) & TRAIT_HAS_STATUS) !== 0 ? this.word(COLUMN_STATUS) : undefined
  }

  get sequence(): number {
    return this.number(COLUMN_SEQUENCE)
  }

  get truncated(): TruncatedNames | undefined {
    return truncatedNames(this.#source.block, this.#row)
  }

  get unreadable(): UnreadableNames | undefined {
    return unreadableNames(this.#source.block, this.#row)
  }

  protected plain<Event>(make: (source: EventSource, row: number) => Event): Event {
    return make(this.#source, this.#row)
  }
}

export class OperationEvent extends EventBase implements Operation {
  get type(): 'operation' {
    return 'operation'
  }

  get outcome(): Outcome {
    return OUTCOMES[this.byte(COLUMN_OUTCOME)]!
  }

  get durationMs(): number | undefined {
    const duration = this.number(COLUMN_DURATION)
    return Number.isNaN(duration) ? undefined : duration
  }

  get error(): OperationError | undefined {
    const { status } = this
    const outcome = this.byte(COLUMN_OUTCOME)
    return status !== undefined && (outcome === OUTCOME_FAILED || outcome === OUTCOME_CANCELLED) ? errorOf(status) : undefined
  }

  /** A plain object with every field; absent values are left out by JSON.stringify. */
  toJSON(): Operation {
    return this.plain(plainOperation)
  }

  [inspect.custom](): Operation {
    return this.toJSON()
  }
}

export class NotificationEvent extends EventBase implements Notification {
  get type(): 'notification' {
    return 'notification'
  }

  get phase(): Phase {
    return this.byte(COLUMN_PHASE) === PHASE_PRE ? 'pre' : 'post'
  }

  get notifyStatus(): number {
    return this.word(COLUMN_NOTIFY_STATUS)
  }

  get error(): OperationError | undefined {
    const { status } = this
    return status === undefined || outcomeOf(status) === 'succeeded' ? undefined : errorOf(status)
  }

  get context(): string {
    return hexadecimal(this.word(COLUMN_CONTEXT_HIGH), this.word(COLUMN_CONTEXT_LOW))
  }

  /** A plain object with every field; absent values are left out by JSON.stringify. */
  toJSON(): Notification {
    return this.plain(plainNotification)
  }

  [inspect.custom](): Notification {
    return this.toJSON()
  }
}
