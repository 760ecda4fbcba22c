const EPOCH_AS_FILETIME_MS = 11_644_473_600_000

/** Epoch ms as a FILETIME: 100-ns ticks since 1601, UTC. */
export function fileTimeOf(epochMs: number): bigint {
  return BigInt(Math.round((epochMs + EPOCH_AS_FILETIME_MS) * 10_000))
}
