// What `prune` says of rings, captures and checkpoints: a line each, for people and as JSON, and the sentence at the end.

import type { PrunedCheckpoint, PrunedCheckpointOutcome } from '../../consumers/forget-positions.ts'
import type { PrunedRing, PruneOutcome } from '../../consumers/prune-options.ts'
import type { PrunedCapture, PrunedCaptureOutcome } from '../../recording/prune-captures.ts'
import { LEVEL_INFO, LEVEL_WARN } from '../../text/event-json.ts'
import { safeJson, safeText } from '../../text/safe-text.ts'

const DAY_MS = 86_400_000
const HOUR_MS = 3_600_000
const WIDTH = 'would be removed'.length

/** What a line begins with. */
const TITLES: Readonly<Record<PruneOutcome | PrunedCaptureOutcome | PrunedCheckpointOutcome, string>> = {
  removed: 'removed',
  removable: 'would be removed',
  rewritten: 'rewritten',
  recent: 'kept',
  awaited: 'kept',
  recorded: 'kept',
  inUse: 'kept',
  refused: 'left alone',
  failed: 'failed',
}

const HINTS: Partial<Readonly<Record<PruneOutcome, string>>> = { awaited: ' (--force removes it)', recent: ' (in use)' }

function line(outcome: keyof typeof TITLES, path: string, why: string): string {
  return `${TITLES[outcome].padEnd(WIDTH)}  ${safeText(path)}  ${safeText(why)}`
}

interface Pruned {
  readonly path: string
  readonly outcome: keyof typeof TITLES
}

function json(type: string, { path, outcome, ...rest }: Pruned & object, why: string): string {
  const level = outcome === 'failed' ? LEVEL_WARN : LEVEL_INFO
  const msg = outcome === 'recent' ? `recent ${path}` : `${TITLES[outcome]} ${path}: ${why}`
  return safeJson({ level, time: Date.now(), msg, type, path, outcome, ...rest })
}

export const ringText = (ring: PrunedRing) => line(ring.outcome, ring.path, whyOfRing(ring))
export const captureText = (capture: PrunedCapture) => line(capture.outcome, capture.path, whyOfCapture(capture))
export const checkpointText = (checkpoint: PrunedCheckpoint) => line(checkpoint.outcome, checkpoint.path, whyOfCheckpoint(checkpoint))

export const ringJson = (ring: PrunedRing) => json('ring', ring, whyOfRing(ring))
export const captureJson = (capture: PrunedCapture) => json('capture', capture, whyOfCapture(capture))
export const checkpointJson = (checkpoint: PrunedCheckpoint) => json('checkpoint', checkpoint, whyOfCheckpoint(checkpoint))

function whyOfRing({ outcome, bytes, lastWrite, awaitedBy, reason }: PrunedRing): string {
  if (reason !== undefined) return reason
  const idle = `idle for ${ageText(Date.now() - lastWrite!)}, ${Math.ceil(bytes / 1024)} KiB`
  const waiting = awaitedBy.length === 0 ? '' : `, not read to its end by ${awaitedBy.join(', ')}`
  return `${idle}${waiting}${HINTS[outcome] ?? ''}`
}

function ageText(ms: number): string {
  if (ms < HOUR_MS) return 'less than an hour'
  return ms < 2 * DAY_MS ? `${Math.floor(ms / HOUR_MS)} hours` : `${Math.floor(ms / DAY_MS)} days`
}

function whyOfCapture({ outcome, records, reason }: PrunedCapture): string {
  const count = `${counted(records, 'record')} of this user`
  if (reason !== undefined) return outcome === 'recorded' ? `${count}; ${reason}` : reason
  return outcome === 'removed' ? `${count}, and nothing else` : count
}

function whyOfCheckpoint({ rings, reason }: PrunedCheckpoint): string {
  return reason ?? `${counted(rings, 'ring')} of this user`
}

function counted(number: number, what: string): string {
  return `${number} ${what}${number === 1 ? '' : 's'}`
}

/** What became of the rings. */
export function summaryOf(rings: readonly PrunedRing[]) {
  const count = (wanted: PruneOutcome) => rings.filter(({ outcome }) => outcome === wanted).length
  const freed = rings.filter(({ outcome }) => outcome === 'removed').reduce((sum, { bytes }) => sum + bytes, 0)
  return {
    rings: rings.length,
    removed: count('removed'),
    removable: count('removable'),
    recent: count('recent'),
    awaited: count('awaited'),
    refused: count('refused'),
    failed: count('failed'),
    freedBytes: freed,
  }
}

/** What became of captures and checkpoints that have something of the user. */
export function userSummaryOf(captures: readonly PrunedCapture[], checkpoints: readonly PrunedCheckpoint[]) {
  const isDone = ({ outcome }: PrunedCapture | PrunedCheckpoint) => outcome === 'rewritten' || outcome === 'removed'
  const isDue = ({ outcome }: PrunedCapture | PrunedCheckpoint) => outcome === 'removable'
  return {
    captures: captures.length,
    capturesCleared: captures.filter(isDone).length,
    capturesClearable: captures.filter(isDue).length,
    records: captures.filter((capture) => isDone(capture) || isDue(capture)).reduce((sum, { records }) => sum + records, 0),
    checkpoints: checkpoints.length,
    checkpointsCleared: checkpoints.filter(isDone).length,
    checkpointsClearable: checkpoints.filter(isDue).length,
  }
}

export function summaryText({
  rings,
  removed,
  removable,
  recent,
  awaited,
  refused,
  failed,
  freedBytes,
}: ReturnType<typeof summaryOf>): string {
  const gone = removable > 0 ? `${removable} would be removed` : `${removed} removed (${Math.ceil(freedBytes / 1024)} KiB)`
  return `${counted(rings, 'ring')}: ${gone}, ${recent} in use, ${awaited} kept for consumers, ${refused} left alone, ${failed} failed`
}

export function userSummaryText(summary: ReturnType<typeof userSummaryOf>): string {
  const { captures, capturesCleared, capturesClearable, records, checkpoints, checkpointsCleared, checkpointsClearable } = summary
  const done = (cleared: number, clearable: number) => (clearable > 0 ? `${clearable} would be cleared` : `${cleared} cleared`)
  const ofRecords = `${done(capturesCleared, capturesClearable)} of ${counted(records, 'record')}`
  return `${counted(captures, 'capture')} with records of this user: ${ofRecords}; ${counted(checkpoints, 'checkpoint')}: ${done(checkpointsCleared, checkpointsClearable)}`
}
