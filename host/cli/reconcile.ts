// Snapshots while the records are watched: what came or went without a notification.

import { setTimeout as delay } from 'node:timers/promises'
import { MprtapError } from '../model/errors.ts'
import type { Observed, Snapshot } from '../model/observed.ts'
import { openTap } from '../tap/open-tap.ts'
import { Reconciler } from '../windows/reconciler.ts'
import { snapshot } from '../windows/snapshot.ts'

/** Windows lists connections as fast as its slowest provider; more often than this is of no use. */
const INTERVAL_MIN_MS = 5_000
/** Windows' session of services. */
const SERVICES = 0

/**
 * The first snapshot.
 * @throws MprtapError MPRTAP_INVALID_ARGUMENT when the interval is too short, or this is a service.
 */
export async function snapshotFor(intervalMs: number | undefined): Promise<Snapshot> {
  if (intervalMs !== undefined && intervalMs < INTERVAL_MIN_MS)
    throw new MprtapError('MPRTAP_INVALID_ARGUMENT', `--reconcile is ${intervalMs} ms; it must be at least ${INTERVAL_MIN_MS / 1000}s.`)
  const first = await snapshot()
  if (intervalMs !== undefined) mustNotBeService(first)
  return first
}

/** @throws MprtapError MPRTAP_INVALID_ARGUMENT for a service: drives belong to the logon sessions of people. */
export function mustNotBeService({ session }: Pick<Snapshot, 'session'>): void {
  if (session.sessionId !== SERVICES) return
  const message =
    'A service has a logon session of its own, and none of its users’ drives are in it: --reconcile would tell nothing. Run it as the user whose drives are meant.'
  throw new MprtapError('MPRTAP_INVALID_ARGUMENT', message)
}

/** A reconciliation that has begun. */
export interface Reconciliation {
  /** The snapshot with which it began: each later change is either told by a notification or found. */
  readonly first: Snapshot
  /** Takes a snapshot every `intervalMs` and tells what changed without a notification, until the signal. */
  run(found: (row: Observed) => Promise<void>, tell: (sentence: string) => void): Promise<void>
}

/** Begins to reconcile the logon session of a snapshot. */
export async function beginReconciling({ session }: Snapshot, intervalMs: number, signal: AbortSignal): Promise<Reconciliation> {
  const reconciler = new Reconciler()
  // Its own tap, without a filter: what is not shown has happened all the same.
  const tap = await openTap({ signal, filter: `logonId == "${session.logonId}"` })
  const noting = (async () => {
    for await (const operation of tap) reconciler.note(operation)
  })()
  // Taken when the tap is open already: nothing can come in between, unseen by both.
  const first = await snapshot()
  reconciler.compare(first)
  const run = async (found: (row: Observed) => Promise<void>, tell: (sentence: string) => void) => {
    await compareUntil(signal, intervalMs, reconciler, found, tell)
    await tap.close()
    await noting.catch(() => {})
  }
  return { first, run }
}

async function compareUntil(
  signal: AbortSignal,
  intervalMs: number,
  reconciler: Reconciler,
  found: (row: Observed) => Promise<void>,
  tell: (sentence: string) => void,
): Promise<void> {
  let isFailing = false
  while (!signal.aborted) {
    await delay(intervalMs, undefined, { signal }).catch(() => {})
    if (signal.aborted) break
    try {
      for (const row of reconciler.compare(await snapshot())) await found(row)
      isFailing = false
    } catch (error) {
      if (!isFailing) tell(`${(error as Error).message} Connections that came or went meanwhile are shown later.`)
      isFailing = true
    }
  }
}
