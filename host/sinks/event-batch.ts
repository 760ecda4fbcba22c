// What goes to sinks that take operations one by one: lines of JSON, OTLP.

import type { Loss } from '../model/account.ts'
import type { Operation } from '../model/events.ts'
import type { Acknowledged } from '../model/sink.ts'

export interface EventBatch extends Acknowledged {
  readonly operations: readonly Operation[]
  /** What was lost since the batch before. */
  readonly losses: readonly Loss[]
}
