import { SLOT_SIZE, SLOT_STAMP, STAMP_SHIFT, STATE_COMMITTED } from '../../format/layout.ts'
import { putRecord, type RecordInput } from './record.ts'

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
