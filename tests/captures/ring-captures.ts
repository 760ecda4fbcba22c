// Captures made of rings for tests, without a recorder: what the ring holds, packet by packet.

import { PACKET_BODY, PACKET_RECORD, PACKET_RUN } from '../../format/capture-layout.ts'
import { RECORD_USED, RECORD_WALL_TIME, SLOT_SIZE, SLOT_STAMP } from '../../format/layout.ts'
import { captureTime } from '../../host/captures/block-writer.ts'
import { CAPTURE_PACKET, CaptureReader } from '../../host/captures/capture-reader.ts'
import { type CaptureOrigin, CaptureWriter } from '../../host/captures/capture-writer.ts'
import { MemoryInput } from '../../host/captures/file-input.ts'
import type { RingIdentity } from '../../host/captures/identity.ts'
import { decodeRun, type MissingReason } from '../../host/captures/packet.ts'
import type { RingWriter } from '../../host/testing/index.ts'
import { SID } from '../host/records.ts'

/** FILETIME of 2026-01-05, 08:00 UTC. */
export const NOW = 134_120_736_000_000_000n
export const HOST = 'RDS07'

export function origin(fields: Partial<CaptureOrigin> = {}): CaptureOrigin {
  return { application: 'mprtap 0.0.0', os: 'Windows 10.0.20348', comments: ['mprtap record'], now: () => NOW, ...fields }
}

/** A file id as its bytes stand in a header. */
export function fileIdText(fileId: bigint): string {
  const bytes = Buffer.alloc(8)
  bytes.writeBigUInt64LE(fileId)
  return bytes.toString('hex')
}

export function identityOf(ring: RingWriter, fields: Partial<RingIdentity> = {}): RingIdentity {
  return { host: HOST, user: SID, fileId: fileIdText(ring.fileId), redacted: undefined, ...fields }
}

/** Appends sequences [first, end) of a ring, or says that they are missing. */
export class RingCapture {
  readonly writer: CaptureWriter

  constructor(fields: Partial<CaptureOrigin> = {}) {
    this.writer = new CaptureWriter(origin(fields))
  }

  ring(ring: RingWriter, first: number, fields: Partial<RingIdentity> = {}) {
    const captured = this.writer.addRing(identityOf(ring, fields), first, 0n)
    return {
      records: (end: number) => {
        const view = new DataView(ring.bytes.buffer, ring.bytes.byteOffset)
        while (captured.position < end) {
          const at = ring.slotOffset(BigInt(captured.position))
          const time = captureTime(view.getBigUint64(at + RECORD_WALL_TIME, true))
          this.writer.record(captured, time, ring.bytes, at, view.getUint16(at + RECORD_USED, true))
        }
      },
      missing: (count: number, reason: MissingReason) => this.writer.missing(captured, count, reason),
      captured,
    }
  }

  /** The whole capture. */
  bytes(): Uint8Array {
    this.writer.statistics()
    return this.writer.blocks.written().slice()
  }
}

/** What a capture says, in its order: `record 5`, `overrun 6-8`. */
export function contentOf(bytes: Uint8Array, step?: number): { readonly packets: Map<string, string[]>; readonly reader: CaptureReader } {
  const reader = new CaptureReader(new MemoryInput('test.pcapng', bytes, step))
  const packets = new Map<string, string[]>()
  while (reader.next() === CAPTURE_PACKET) {
    const { host, user, fileId } = reader.ring
    const key = `${host} ${user} ${fileId}`
    if (!packets.has(key)) packets.set(key, [])
    const packet = reader.bytes.subarray(reader.start, reader.end)
    if (reader.kind === PACKET_RECORD) {
      const stamp = reader.view.getBigUint64(reader.start + PACKET_BODY + SLOT_STAMP, true)
      packets.get(key)!.push(`record ${stamp >> 2n} ${Buffer.from(packet.subarray(PACKET_BODY, SLOT_SIZE)).toString('hex')}`)
    } else if (reader.kind === PACKET_RUN) {
      const { first, count, reason } = decodeRun(packet)!
      packets.get(key)!.push(`${reason} ${first}-${first + count - 1}`)
    }
  }
  return { packets, reader }
}
