// What analysis needs of an operation. Plain objects have all of it, and so has the row cursor of a batch.

import type { Operation } from '../model/events.ts'

/** One operation, as analysis keeps it: valid for good, and no larger than it must be. */
export interface OperationRow {
  readonly id: string
  /** Name of the machine; `undefined` for this one. */
  readonly host: string | undefined
  readonly user: string
  readonly sessionId: number
  readonly logonId: string
  readonly kind: Operation['kind']
  readonly outcome: Operation['outcome']
  /** Epoch ms of the PRE. */
  readonly time: number
  readonly durationMs: number | undefined
  readonly status: number | undefined
  readonly localName: string | undefined
  readonly remoteName: string | undefined
  readonly flags: number
  readonly image: string | undefined
  readonly processId: number
}

/** When the operation ended, epoch ms; its beginning where nobody knows. */
export function endOf({ time, durationMs }: OperationRow): number {
  return time + (durationMs ?? 0)
}
