// Operations and notifications as objects: one class each, one shape, fields read from the columns when asked for.

import { inspect } from 'node:util'
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
import * as fields from './fields.ts'
import { type EventSource, plainNotification, plainOperation, truncatedNames, unreadableNames } from './plain.ts'

/** Fields that are the same for both kinds of event. Getters, so that what is not read costs nothing. */
abstract class EventBase {
  readonly #source: EventSource
  readonly #row: number

  constructor(source: EventSource, row: number) {
    this.#source = source
    this.#row = row
  }

  /** What a reader of rows makes of this event's. */
  protected read<Value>(reader: (source: EventSource, row: number) => Value): Value {
    return reader(this.#source, this.#row)
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
    return {
      id: fields.processId(this.#source, this.#row),
      threadId: fields.threadId(this.#source, this.#row),
      image: fields.image(this.#source, this.#row),
      startTime: fields.startTime(this.#source, this.#row),
      bits: fields.bits(this.#source, this.#row),
    }
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

  get truncated(): TruncatedNames | undefined {
    return truncatedNames(this.#source.block, this.#row)
  }

  get unreadable(): UnreadableNames | undefined {
    return unreadableNames(this.#source.block, this.#row)
  }
}

export class OperationEvent extends EventBase implements Operation {
  get type(): 'operation' {
    return 'operation'
  }

  get outcome(): Outcome {
    return this.read(fields.outcome)
  }

  get durationMs(): number | undefined {
    return this.read(fields.durationMs)
  }

  get error(): OperationError | undefined {
    return this.read(fields.errorOfOperation)
  }

  /** A plain object with every field; absent values are left out by JSON.stringify. */
  toJSON(): Operation {
    return this.read(plainOperation)
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
    return this.read(fields.phase)
  }

  get notifyStatus(): number {
    return this.read(fields.notifyStatus)
  }

  get error(): OperationError | undefined {
    return this.read(fields.errorOfNotification)
  }

  get context(): string {
    return this.read(fields.context)
  }

  /** A plain object with every field; absent values are left out by JSON.stringify. */
  toJSON(): Notification {
    return this.read(plainNotification)
  }

  [inspect.custom](): Notification {
    return this.toJSON()
  }
}
