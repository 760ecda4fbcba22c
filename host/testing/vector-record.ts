import { RECORD_USED, SLOT_SIZE, SLOT_STAMP, STAMP_SHIFT, STATE_COMMITTED } from '../../format/layout.ts'
import { storeChecksum } from '../model/checksum.ts'
import { putRecord, type RecordInput } from '../model/record.ts'

type DecimalFields = 'wallTime' | 'ticks' | 'ticksPerSecond' | 'context' | 'processStartTime' | 'logonId'

/** A record as `format/vectors.json` states it: 64-bit fields are decimal strings. */
export type VectorInput = Omit<RecordInput, DecimalFields> & { readonly [Field in DecimalFields]: string }

export interface VectorRecord {
  /** Hexadecimal, 16 digits. */
  readonly fileId: string
  /** Decimal. */
  readonly sequence: string
  readonly input: VectorInput
}

/** The committed slot of a golden record, its used bytes only. */
export function vectorBytes({ fileId, sequence, input }: VectorRecord): Uint8Array {
  const slot = new Uint8Array(SLOT_SIZE)
  const view = new DataView(slot.buffer)
  const record: RecordInput = {
    ...input,
    wallTime: BigInt(input.wallTime),
    ticks: BigInt(input.ticks),
    ticksPerSecond: BigInt(input.ticksPerSecond),
    context: BigInt(input.context),
    processStartTime: BigInt(input.processStartTime),
    logonId: BigInt(input.logonId),
  }
  const used = putRecord(view, 0, record, BigInt(`0x${fileId}`), BigInt(sequence))
  view.setBigUint64(SLOT_STAMP, (BigInt(sequence) << BigInt(STAMP_SHIFT)) | BigInt(STATE_COMMITTED), true)
  return slot.subarray(0, used)
}

/** The same after `change`, with a checksum that holds: what a writer would leave that is not ours. */
export function changedVectorBytes(vector: VectorRecord, change: (slot: DataView) => void): Uint8Array {
  const slot = new Uint8Array(SLOT_SIZE)
  slot.set(vectorBytes(vector))
  const view = new DataView(slot.buffer)
  change(view)
  storeChecksum(view, 0, BigInt(`0x${vector.fileId}`), BigInt(vector.sequence))
  return slot.subarray(0, Math.min(view.getUint16(RECORD_USED, true), SLOT_SIZE))
}
