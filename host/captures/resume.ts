// Where a recorder goes on: what its last captures say of every ring.

import { PACKET_ACCOUNT, PACKET_BODY, PACKET_RECORD, PACKET_RUN } from '../../format/capture-layout.ts'
import { SLOT_CHECKSUM, SLOT_STAMP, STAMP_SHIFT } from '../../format/layout.ts'
import type { CaptureName } from './capture-names.ts'
import { CAPTURE_PACKET, CaptureReader } from './capture-reader.ts'
import { openInput } from './file-input.ts'
import type { RingIdentity } from './identity.ts'
import { decodeAccount, decodeRun } from './packet.ts'

/** Where a recorder stands in a ring. */
export interface RingPosition {
  readonly identity: RingIdentity
  /** The sequence that comes next. */
  position: number
  /** Checksum of the record before it; 0: not known. */
  lastChecksum: bigint
}

const CARRIED = /^rings=(\d{1,7})$/

/** The comment by which a file says with how many rings it begins, so that one whose beginning was cut is not believed to name them all. */
export function carriedComment(rings: number): string {
  return `rings=${rings}`
}

/**
 * Positions by file id. The newest file has them all, since each begins with those that its recorder knew; where its beginning was cut, an older one adds to it.
 *
 * @param captures of one NAME, the oldest first.
 */
export function lastPositions(captures: readonly CaptureName[]): Map<string, RingPosition> {
  const positions = new Map<string, RingPosition>()
  for (const { path } of captures.toReversed()) {
    const { rings, isComplete } = positionsIn(path)
    for (const [fileId, position] of rings) if (!positions.has(fileId)) positions.set(fileId, position)
    if (isComplete) break
  }
  return positions
}

function positionsIn(path: string): { rings: Map<string, RingPosition>; isComplete: boolean } {
  const rings = new Map<string, RingPosition>()
  const reader = new CaptureReader(openInput(path))
  let opened = 0
  while (reader.next() === CAPTURE_PACKET) {
    const { ring: identity, kind, view, start } = reader
    let ring = rings.get(identity.fileId)
    if (!ring) {
      ring = { identity, position: 0, lastChecksum: 0n }
      rings.set(identity.fileId, ring)
    }
    if (kind === PACKET_RECORD) {
      const slot = start + PACKET_BODY
      if (reader.end - slot < SLOT_CHECKSUM + 8) continue
      ring.position = Number(view.getBigUint64(slot + SLOT_STAMP, true) >> BigInt(STAMP_SHIFT)) + 1
      ring.lastChecksum = view.getBigUint64(slot + SLOT_CHECKSUM, true)
      continue
    }
    const packet = reader.bytes.subarray(start, reader.end)
    const run = kind === PACKET_RUN ? decodeRun(packet) : undefined
    const account = kind === PACKET_ACCOUNT ? decodeAccount(packet) : undefined
    if (run) {
      ring.position = run.first + run.count
      ring.lastChecksum = 0n
    } else if (account) {
      opened++
      ring.position = account.position
      ring.lastChecksum = account.lastChecksum
    }
  }
  reader.close()
  const carried = reader.comments.map((comment) => CARRIED.exec(comment)?.[1]).find((count) => count !== undefined)
  return { rings, isComplete: carried !== undefined && opened >= Number(carried) }
}
