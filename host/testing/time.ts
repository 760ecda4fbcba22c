import { mustBeMs } from './checks.ts'

const EPOCH_AS_FILETIME_MS = 11_644_473_600_000

/**
 * Epoch ms as a FILETIME: 100-ns ticks since 1601, UTC.
 * @throws MprtapError MPRTAP_INVALID_ARGUMENT for a time that no FILETIME can say.
 */
export function fileTimeOf(epochMs: number): bigint {
  mustBeMs('epochMs', epochMs)
  return BigInt(Math.round((epochMs + EPOCH_AS_FILETIME_MS) * 10_000))
}
