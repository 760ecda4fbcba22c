// The exports of assembly/index.ts, and an instance of the module that has them.

import { coreBytes } from '../../build/core-wasm.mjs'
import { MprtapError } from '../model/errors.ts'

export interface CoreExports {
  readonly memory: WebAssembly.Memory
  readonly headerAddress: WebAssembly.Global
  readonly windowAddress: WebAssembly.Global
  readonly windowSlots: WebAssembly.Global
  readonly columnsAddress: WebAssembly.Global
  readonly newStringsAddress: WebAssembly.Global
  readonly arenaAddress: WebAssembly.Global
  readonly turnAddress: WebAssembly.Global
  readonly lossesAddress: WebAssembly.Global
  readonly totalsAddress: WebAssembly.Global
  readonly textAddress: WebAssembly.Global
  readonly filterAddress: WebAssembly.Global
  readonly foldAddress: WebAssembly.Global
  configure(level: number, unfinishedAfterMs: number, seed: bigint): void
  loadFilter(length: number): void
  startStatistics(kinds: number): void
  statisticsGroups(kind: number): number
  statisticsAddress(kind: number, group: number): number
  setQuiet(value: number): void
  setOwner(ring: number, length: number, owner: number): void
  openRing(ring: number, fileSize: number, from: number, sequence: number): number
  closeRing(ring: number): void
  skip(ring: number, to: number, reason: number): number
  account(ring: number): void
  plan(ring: number, now: number): number
  limit(ring: number, slots: number, until: number): number
  take(ring: number): number
  offsetOf(ring: number, sequence: number): number
  readmit(ring: number, sequence: number, now: number): number
  position(rows: number): number
  listWaiting(rows: number): number
  expire(now: number): number
  listProcesses(skip: number): number
  processesLooked(): number
  endProcesses(count: number): number
  endAll(): number
  countWaiting(isOver: number): void
  countTotals(): void
}

/** The module is our own and good: what fails is the system's promise of memory, most of it addresses only, which guard every access. */
const SHORTAGE =
  'There is no memory for another reader of records: Node reserves about 10 GB of addresses for it, and uses 32 MB of them. Raise the limit of this process (ulimit -v), or close other taps.'
let compiled: WebAssembly.Module | undefined

/**
 * A new instance, with a memory of its own.
 * @throws MprtapError MPRTAP_WEBASSEMBLY_MISSING, MPRTAP_SHORTAGE.
 */
export function instantiate(): CoreExports {
  if (typeof WebAssembly === 'undefined')
    throw new MprtapError(
      'MPRTAP_WEBASSEMBLY_MISSING',
      'This Node runs without WebAssembly, which mprtap needs to read records: start it without --jitless.',
    )
  try {
    compiled ??= new WebAssembly.Module(coreBytes)
    return new WebAssembly.Instance(compiled).exports as unknown as CoreExports
  } catch (cause) {
    throw new MprtapError('MPRTAP_SHORTAGE', SHORTAGE, { cause })
  }
}
