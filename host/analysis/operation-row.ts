// What analysis needs of an operation, and no more: many of them are kept.

import type { Operation } from '../model/events.ts'

/** One operation, as analysis keeps it. */
export interface OperationRow {
  readonly id: string
  /** Id of the row that this one completes: it was told as unfinished before. */
  readonly completes: string | undefined
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

/** The row of an operation. */
export function rowOf(operation: Operation): OperationRow {
  const { id, completes, host, user, sessionId, logonId, kind, outcome, time, durationMs, status, localName, remoteName, flags, process } =
    operation
  const { image, id: processId } = process
  return {
    id,
    completes,
    host,
    user,
    sessionId,
    logonId,
    kind,
    outcome,
    time,
    durationMs,
    status,
    localName,
    remoteName,
    flags,
    image,
    processId,
  }
}

/** When the operation ended, epoch ms; its beginning where nobody knows. */
export function endOf({ time, durationMs }: OperationRow): number {
  return time + (durationMs ?? 0)
}
