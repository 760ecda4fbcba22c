// What a forwarder has saved: where each ring stands, where its batches were cut, and what the engine has stored but may still lose.

import { readBounded } from '../consumers/checkpoint-file.ts'
import { MprtapError } from '../model/errors.ts'
import { isCount, isHexadecimal16 } from '../model/saved-values.ts'
import type { StoredBatch } from '../streams/stream-log.ts'

const FORMAT = 1

/** Numbers of sequences of a ring in [start, next). */
export interface RingCounts {
  written: number
  overrun: number
  abandoned: number
  corrupt: number
  filtered: number
}

export const NO_COUNTS: Readonly<RingCounts> = { written: 0, overrun: 0, abandoned: 0, corrupt: 0, filtered: 0 }

/** A place in a ring between two batches. */
export interface RingPlace {
  /** The sequence that comes next. */
  readonly next: number
  /** Checksum of the record before it; 0: not known. */
  readonly lastChecksum: bigint
  /** Where this forwarder began with the ring. */
  readonly start: number
  readonly counts: Readonly<RingCounts>
}

/** A ring as it is saved. */
export interface SavedRing extends RingPlace {
  readonly fileId: string
  /** Where batches after `next` end, but for multiples of 128. */
  readonly ends: readonly number[]
}

export interface ForwardState {
  /** Those that were open last are the last. */
  readonly rings: readonly SavedRing[]
  readonly stored: readonly StoredBatch[]
  /** Records lost by rings, engine and spool since the forwarder's first start. */
  readonly lost: number
}

/** Rings that are remembered, those that were open last: as many again as can be open. Others are gone. */
const RINGS_KEPT = 4096

const NOTHING: ForwardState = { rings: [], stored: [], lost: 0 }

/** The state as it is written: the same for the same state. */
export function stateText(state: ForwardState): string {
  const rings = state.rings
    .slice(-RINGS_KEPT)
    .map(({ lastChecksum, ...ring }) => ({ ...ring, lastChecksum: lastChecksum.toString(16).padStart(16, '0') }))
  return `${JSON.stringify({ format: FORMAT, ...state, rings })}\n`
}

/**
 * The state in a file; nothing when there is none.
 * @throws MprtapError MPRTAP_CONSUMER when it cannot be read or understood: to begin anew would send everything once more.
 */
export function readState(path: string): ForwardState {
  let text: string
  try {
    text = readBounded(path)
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException
    if (code === 'ENOENT') return NOTHING
    throw new MprtapError('MPRTAP_CONSUMER', `The checkpoint file ${path} cannot be read (${code}).`, { cause })
  }
  const state = parseState(text)
  if (typeof state === 'object') return state
  const what =
    state === 'newer'
      ? 'was written by a newer mprtap; use that one'
      : 'cannot be understood; move it away, and all that the rings hold is sent once more'
  throw new MprtapError('MPRTAP_CONSUMER', `The checkpoint file ${path} ${what}.`)
}

export function parseState(text: string): ForwardState | 'newer' | 'damaged' {
  try {
    const { format, rings, stored, lost } = JSON.parse(text)
    if (format > FORMAT) return 'newer'
    if (format !== FORMAT || !isCount(lost) || !Array.isArray(rings) || !Array.isArray(stored)) return 'damaged'
    if (!rings.every(isRing) || !stored.every(isStored)) return 'damaged'
    return { rings: rings.map((ring) => ({ ...ring, lastChecksum: BigInt(`0x${ring.lastChecksum}`) })), stored, lost }
  } catch {
    return 'damaged'
  }
}

function isRing(ring: Record<string, unknown>): boolean {
  const { fileId, next, start, ends, lastChecksum, counts } = ring
  return (
    isHexadecimal16(fileId) &&
    isHexadecimal16(lastChecksum) &&
    isCount(next) &&
    isCount(start) &&
    Array.isArray(ends) &&
    ends.every(isCount) &&
    typeof counts === 'object' &&
    counts !== null &&
    Object.keys(NO_COUNTS).every((name) => isCount((counts as Record<string, unknown>)[name]))
  )
}

function isStored(stored: Record<string, unknown>): boolean {
  return typeof stored.id === 'string' && isCount(stored.sequence)
}
