// Four programs at once, 25,000 operations each, through the real API and the real DLL, read while they are made: nothing is lost unnoticed.

import { readFileSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'
import { beforeEach, expect, it, vi } from 'vitest'
import { HEADER_FAULTS, HEADER_GAVE_UP } from '../../format/layout.ts'
import { openTap } from '../../host/index.ts'
import { bed } from './bed.ts'

const PROGRAMS = 4
const OPERATIONS = 25_000
const NOTIFICATIONS = 2 * PROGRAMS * OPERATIONS
const TIME_LIMIT_MS = 180_000

beforeEach(() => bed.fresh())

async function runPrograms(): Promise<void> {
  const args = ['--quiet', '--repeat', String(OPERATIONS), 'add - \\\\fs01\\{p}-{i}']
  const outputs = await Promise.all(
    Array.from({ length: PROGRAMS }, () => bed.wine.mustRun(bed.client, args, { timeoutMs: TIME_LIMIT_MS })),
  )
  expect(outputs.map((text) => text.trim())).toEqual(Array(PROGRAMS).fill(`${OPERATIONS} operations, 0 failures`))
}

/** Makes the ring with one operation, and opens a tap that reads what comes after it. */
async function openOnNewRing(slotCountLog2: number, onLoss?: (loss: { count: number }) => void) {
  bed.setControl({ slotCountLog2 })
  await bed.run(['add - \\\\fs01\\first'])
  return openTap({ sources: [bed.wine.mprtapDirectory], from: 'now', onLoss })
}

it('a ring of 2^18 slots loses none: every operation arrives once, succeeded, with its duration', { timeout: TIME_LIMIT_MS }, async () => {
  const tap = await openOnNewRing(18)
  const programs = runPrograms()
  const names = new Set<string>()
  let whole = 0
  for await (const { remoteName, outcome, durationMs } of tap) {
    names.add(remoteName!)
    if (outcome === 'succeeded' && durationMs !== undefined) whole++
    if (names.size === PROGRAMS * OPERATIONS) break
  }
  await programs
  expect(whole).toBe(PROGRAMS * OPERATIONS)
  expect(tap.stats()).toMatchObject({ operations: PROGRAMS * OPERATIONS, notifications: NOTIFICATIONS, lost: 0, pending: 0, waiting: 0 })
  expect(bed.head()).toBe(2 + NOTIFICATIONS)
})

it.each([
  ['as fast as it can', 0],
  ['that is too slow', 40],
])('the default ring, a reader %s: delivered + lost = produced', { timeout: TIME_LIMIT_MS }, async (_, restMs) => {
  let told = 0
  const tap = await openOnNewRing(0, ({ count }) => {
    told += count
  })
  const reading = (async () => {
    let rows = 0
    for await (const { length } of tap.batches()) {
      rows += length
      if (restMs > 0) await delay(restMs)
    }
    return rows
  })()
  await runPrograms()
  // What was claimed is what was produced: all of it is accounted for once the reader has caught up.
  const produced = bed.head() - 2
  await vi.waitFor(() => expect(tap.stats().notifications + tap.stats().lost).toBe(produced), { timeout: 20_000 })
  await tap.close()
  const stats = tap.stats()
  const header = readFileSync(bed.rings()[0]!)
  console.log(
    `delivered ${stats.notifications}, overrun ${stats.overrun}, abandoned ${stats.abandoned}, corrupt ${stats.corrupt}, of ${produced}`,
  )
  expect(produced).toBeGreaterThanOrEqual(NOTIFICATIONS)
  expect([header.readBigUInt64LE(HEADER_GAVE_UP), header.readBigUInt64LE(HEADER_FAULTS)]).toEqual([0n, 0n])
  expect(stats).toMatchObject({ notifications: stats.notifications, lost: stats.overrun + stats.abandoned + stats.corrupt, pending: 0 })
  expect(stats.lost).toBe(told)
  expect(await reading).toBe(stats.operations)
  if (restMs > 0) expect(stats.lost).toBeGreaterThan(0)
})
